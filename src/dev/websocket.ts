/** What the client of a websocket is told when the server is replaced. */

/** A whole frame. RFC 6455 7.4.1 with its registry: 1012, the service restarts. The client is expected to come again. */
export const CLOSE_RESTART = Buffer.from([0x88, 0x02, 0x03, 0xf4])

/** How long a client has to answer it, in milliseconds. */
export const CLOSE_MS = 1000
