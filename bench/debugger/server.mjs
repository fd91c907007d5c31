/** One server under measurement: `server.mjs <bare|debugger|no consoles>`. */

import { createServer } from 'node:http'
import { serveMeasured } from '../harness.mjs'
import { listenerOf } from './application.mjs'

serveMeasured(createServer(listenerOf(process.argv[2])))
