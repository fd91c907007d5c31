/**
 * Below which path the debugger stands, so that its links, its cookie and its script find it: of a mount in the
 * application (see http/mount), and of a proxy that takes a prefix off before it passes a request on and says so
 * (`X-Forwarded-Prefix`). The latter is believed, since it decides about nothing but links of this origin.
 */

import type { IncomingMessage } from 'node:http'
import { mountOf, plainPath, targetOf } from '../http/mount.ts'
import { originOf } from './trust/request-origin.ts'

/** The path that a browser has to put before the debugger's own; `mount` is that of the request. */
export function baseOf(req: IncomingMessage, mount: string = mountOf(req)): string {
  const prefix = req.headers['x-forwarded-prefix']
  return (typeof prefix === 'string' ? plainPath(prefix.replace(/\/$/, '')) : '') + mount
}

/** The address that a browser has to put before the debugger's own path; undefined where that is not known. */
export function addressOf(req: IncomingMessage, mount?: string): string | undefined {
  const origin = originOf(req)
  return origin === undefined ? undefined : origin + baseOf(req, mount)
}

/** The request's target below the mount; as it is where whoever took the mount off has not told of it. */
export function mountedTarget(req: IncomingMessage): string {
  const target = targetOf(req)
  const mount = mountOf(req)
  if (mount === '' || !target.startsWith(mount)) return target
  const rest = target.slice(mount.length)
  return rest === '' || /^[/?#]/.test(rest) ? rest.replace(/^(?!\/)/, '/') : target
}
