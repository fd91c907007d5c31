/** A port that another program holds: which one a failed start has asked for, and when it is free. */

import { createServer } from 'node:net'
import type { Failure } from '../messages.ts'

export interface TakenPort {
  readonly host: string
  readonly port: number
}

/** Between two looks, in milliseconds. */
const LOOK_MS = 500
/** For how long it is looked at: 10 minutes. */
const LOOKED_AT_MS = 600_000

/** The address at the end of `listen EADDRINUSE: address already in use 127.0.0.1:5000`. */
export function takenPort(failure: Failure | undefined): TakenPort | undefined {
  if (failure?.code !== 'EADDRINUSE') return undefined
  const [, host = '', port] = /(?:^|\s)(\S*):(\d{1,5})$/.exec(failure.message.split('\n', 1)[0] ?? '') ?? []
  return port === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** Calls `then` once, when the port can be listened on or has been taken for 10 minutes. Gives back what ends it. */
export function onceFree(taken: TakenPort, then: (isFree: boolean) => void): () => void {
  const startedAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    clearTimeout(timer)
  }
  const look = (): void => {
    timer = setTimeout(async () => {
      const isFree = await canListen(taken)
      if (isOver) return
      if (!isFree && performance.now() - startedAt < LOOKED_AT_MS) look()
      else then(isFree)
    }, LOOK_MS)
  }
  look()
  return end
}

function canListen({ host, port }: TakenPort): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, ...(host === '' ? {} : { host }) }, () => server.close(() => resolve(true)))
  })
}
