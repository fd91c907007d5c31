/**
 * Sessions of HTTP/2, each one connection with many requests. At a restart they are told to go away: what has begun is
 * finished, and the client asks the rest of the next process. RFC 9113 6.8.
 */

import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2'

export interface Sessions {
  add(session: ServerHttp2Session): void
  /** A request of a session has come; false for any other request. */
  began(req: object, res: object): boolean
  /** Whether no request is in flight. */
  isIdle(): boolean
  /** From now on sessions end with what is in flight; calls back each time something ends. */
  drain(onProgress: () => void): void
}

/** Keeps the sessions; `endStream` ends a response that would last for ever. */
export function watchSessions(endStream: (res: Http2ServerResponse) => void): Sessions {
  const sessions = new Set<ServerHttp2Session>()
  const inFlight = new Set<Http2ServerResponse>()
  let progress: (() => void) | undefined
  const leave = (session: ServerHttp2Session): void => {
    if (!session.closed && !session.destroyed) session.close()
  }
  return {
    add(session) {
      sessions.add(session)
      session.once('close', () => {
        sessions.delete(session)
        progress?.()
      })
      if (progress !== undefined) leave(session)
    },
    began(req, res) {
      if ((req as Partial<Http2ServerRequest>).stream === undefined) return false
      const answer = res as Http2ServerResponse
      inFlight.add(answer)
      answer.once('close', () => {
        inFlight.delete(answer)
        progress?.()
      })
      return true
    },
    isIdle: () => inFlight.size === 0,
    drain(onProgress) {
      progress = onProgress
      const look = (): void => {
        for (const res of inFlight) endStream(res)
        for (const session of sessions) leave(session)
      }
      look()
      // A stream may begin in a request that is already here.
      setInterval(look, LOOK_MS).unref()
    },
  }
}

const LOOK_MS = 100
