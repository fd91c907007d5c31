/** One server under measurement: `server.mjs <http|express>`; what is preloaded makes the difference. */

import { createServer } from 'node:http'
import express from 'express'
import { serveMeasured } from '../harness.mjs'

const [kind] = process.argv.slice(2)
const body = JSON.stringify({ user: 7, tabs: ['posts', 'likes'] })

function plain(_req, res) {
  res.setHeader('content-type', 'application/json')
  res.setHeader('content-length', body.length)
  res.end(body)
}

const app = express()
app.get('/user/:id', plain)
serveMeasured(createServer(kind === 'express' ? app : plain))
