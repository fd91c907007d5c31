// Runs blocks of the documents, each a module: `run-blocks.mjs <file> …`. What a reader has already (an app, a server,
// a logger, what was imported in a block above) is global here; servers listen on a free port.
import { createServer, Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { PassThrough } from 'node:stream'
import express from 'express'
import * as rocksolid from 'rocksolid'

const listen = NetServer.prototype.listen
NetServer.prototype.listen = function listenSomewhere(...args) {
  const callbacks = args.filter((arg) => typeof arg === 'function')
  return listen.call(this, 0, '127.0.0.1', ...callbacks)
}

Object.assign(globalThis, rocksolid, {
  app: express(),
  server: new Server(),
  handler: (_req, res) => res.end('hello'),
  logger: rocksolid.createLogger({ sinks: [] }),
  log: rocksolid.createLogger({ sinks: [] }),
  stream: new PassThrough(),
  send: () => {},
  createServer,
  express,
  http: { createServer },
})

for (const file of process.argv.slice(2)) {
  try {
    await import(file)
    console.log(`ran ${file}`)
  } catch (error) {
    console.log(`failed ${file} ${error?.stack ?? error}`)
  }
}
await new Promise((resolve) => setTimeout(resolve, 50))
console.log('end')
process.exit(0)
