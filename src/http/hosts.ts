/**
 * Who is asking: socket addresses and host names that belong to this machine, and names that were listed.
 * Guards against DNS rebinding and strangers ask here, and who believes proxies; everything here fails closed.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** A host header split into a lower-case name without brackets or trailing dot, and its port. */
export interface HostName {
  readonly name: string
  readonly port: string | undefined
}

const HOST = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?)\.?)(?::([0-9]{1,5}))?$/

/** The parts of a raw `Host` header, or undefined when it is missing or not a host. */
export function parseHost(raw: string | undefined): HostName | undefined {
  if (raw === undefined || raw.length > 300) return undefined
  const match = HOST.exec(raw.toLowerCase())
  if (match === null) return undefined
  const name = match[1] ?? match[2]
  return name === undefined ? undefined : { name, port: match[3] }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')

/** Whether a socket address is this machine's own: 127/8, ::1, and their IPv4-mapped form. Blank is not. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false
  const bare = withoutZone(address)
  const family = isIP(bare)
  return family !== 0 && loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whether a host name can only mean this machine: `localhost`, `*.localhost`, 127/8, ::1. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)
}

/** Whether `name` is in `allowed`; an entry that begins with a dot also allows every name below it. */
export function isListedName(name: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    const wanted = entry.toLowerCase().replace(/\.$/, '')
    return wanted.startsWith('.')
      ? name === wanted.slice(1) || name.endsWith(wanted)
      : name === wanted.replace(/^\[(.*)\]$/, '$1')
  })
}

/** A list of addresses and CIDR ranges, ready to ask. Entries must have passed {@link isAddressRange}. */
export function addressList(entries: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    if (address === undefined) return false
    const bare = withoutZone(address)
    const family = isIP(bare)
    return family !== 0 && list.check(bare, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Whether a text is an IP address or a CIDR range. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** Headers that proxies and tunnels add, beside all that begin with `x-forwarded`. */
const FORWARDING_HEADERS = [
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-amzn-trace-id',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'true-client-ip',
  'cf-connecting-ip',
  'fly-client-ip',
  'fastly-client-ip',
  'cdn-loop',
  'ngrok-trace-id',
  'tailscale-user-login',
] as const

/**
 * The name of a header that only proxies and tunnels write, if the request has one. Such a header is never believed,
 * but it shows that the peer is not the sender.
 */
export function forwardingHeader(headers: IncomingHttpHeaders): string | undefined {
  const listed = FORWARDING_HEADERS.find((name) => headers[name] !== undefined)
  return listed ?? Object.keys(headers).find((name) => name.startsWith('x-forwarded'))
}

/** `fe80::1%eth0` without its zone. */
export function withoutZone(address: string): string {
  const percent = address.indexOf('%')
  return percent < 0 ? address : address.slice(0, percent)
}
