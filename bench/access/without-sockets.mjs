/**
 * The same servers fed without sockets: less of the machine in the numbers, so that what a log adds can be told from
 * noise. All take turns, in a new random order each time; what is compared lies side by side.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { compareProcesses } from '../harness.mjs'

const module = fileURLToPath(new URL('./fed-server.mjs', import.meta.url))

/** Requests of one turn; several collections of garbage lie in it. */
const REQUESTS = 960

async function start(kind, variant, file) {
  const child = fork(module, [kind, variant, file])
  await once(child, 'message')
  let answered
  child.on('message', (result) => answered.resolve(result))
  child.on('exit', () => answered.reject(new Error(`${kind}, ${variant} has ended`)))
  const answer = (requests) =>
    new Promise((resolve, reject) => {
      answered = { resolve, reject }
      child.send(requests)
    })
  return { answer, stop: () => child.kill() }
}

/** @returns by variant what `compareProcesses` tells; the first is the bare server */
export function compareWithoutSockets(kind, variants, fileOf, { warmUp, ...rounds }) {
  const open = async (variant) => {
    const server = await start(kind, variant, fileOf(variant))
    await server.answer(warmUp)
    return server
  }
  return compareProcesses(variants, open, rounds, (server) => server.answer(REQUESTS))
}
