// Express with the access log, and requests in pairs: prints how many pairs were in one hidden class in their handler.
// Run with --allow-natives-syntax.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import express from 'express'
import { accessLog } from 'rocksolid/access'

const PAIRS = 40
const haveSameClass = new Function('one', 'other', 'return %HaveSameMap(one, other)')

const app = express().use(accessLog('combined', { to: '/dev/null' }))
let first
let alike = 0
app.get('/user/:id', (req, res) => {
  if (first === undefined) {
    first = { req, res }
    return
  }
  if (haveSameClass(first.req, req) && haveSameClass(first.res, res)) alike++
  first.res.end('hello')
  first = undefined
  res.end('hello')
})
const server = createServer(app).listen(0, '127.0.0.1')
await once(server, 'listening')
const sockets = [1, 2].map(() => connect(server.address().port, '127.0.0.1'))
for (let pair = 0; pair < PAIRS; pair++) {
  for (const socket of sockets) socket.write('GET /user/7 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await Promise.all(sockets.map((socket) => once(socket, 'data')))
}
console.log(JSON.stringify({ pairs: PAIRS, alike }))
process.exit()
