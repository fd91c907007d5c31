/** One server of the benchmark: `server.mjs <kind> <variant> <file or stdout>`. */

import { serveMeasured } from '../harness.mjs'
import { openServer } from './servers.mjs'

const [kind, variant, to = '/dev/null'] = process.argv.slice(2)
serveMeasured(await openServer(kind, variant, to))
