/** Servers that this package opens for itself; who watches the servers of the application leaves them out. */

import { shared } from './shared.ts'

const servers = shared('own-servers', () => new WeakSet<object>())

/** Says that a server is one of this package. @returns the server */
export function ownServer<Server extends object>(server: Server): Server {
  servers.add(server)
  return server
}

/** Whether this package has opened it. */
export function isOwnServer(server: unknown): boolean {
  return typeof server === 'object' && server !== null && servers.has(server)
}
