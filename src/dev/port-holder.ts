/** Finds the program that listens on a port, for the message that the port is taken. Linux only; see proc(5). */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The state of a socket that listens, in /proc/net/tcp. */
const LISTENS = '0A'

/** Undefined where nobody listens, or somebody whom this user may not see. */
export function portHolder(port: number): { readonly pid: number; readonly command: string } | undefined {
  try {
    const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeners(table, port)))
    if (sockets.size === 0) return undefined
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name) || !holds(name, sockets)) continue
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replace(/\0/g, ' ').trim()
      return { pid: Number(name), command }
    }
  } catch {
    // Not Linux, or gone in the meantime.
  }
  return undefined
}

/** The inodes of the sockets of this table that listen on the port. */
function listeners(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(`/proc/net/${table}`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(suffix) && state === LISTENS)
    .map((fields) => `socket:[${fields[9]}]`)
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
  } catch {
    return false
  }
}
