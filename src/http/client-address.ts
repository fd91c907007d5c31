/**
 * Who the client is, when proxies stand between it and the server.
 * A header can be written by anybody, so it is believed only as far as the connection's peer, and each proxy before
 * it, is trusted.
 */

import { isIP } from 'node:net'
import { withoutMapping } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { addressList, isAddressRange } from './hosts.ts'
import { requestHeader } from './raw-headers.ts'

/**
 * Which proxies are trusted.
 * An address or network (`10.0.0.0/8`, `::1`) or a list of them, also by the names `loopback`, `private` and `linklocal`;
 * a number of proxies that stand before the server; or `true` to print the header as it came, whoever sent it, as
 * TransLogger's example does: anybody can then choose what is logged.
 */
export type TrustProxy = boolean | number | string | readonly string[]

const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Most addresses of a chain that are looked at, nearest proxy first. */
const MAX_CHAIN = 64

/**
 * A function that tells the client's address of an exchange; empty when there is none (unix socket).
 * @param header lower-case name of the header the proxies write; `forwarded` is read as RFC 7239
 */
export function createAddressReader(trust: TrustProxy, header: string): (exchange: Exchange) => string {
  if (trust === false) return (exchange) => exchange.frameworkAddress ?? exchange.connection.peerAddress
  if (trust === true) {
    return (exchange) => requestHeader(exchange, header) || exchange.connection.peerAddress
  }
  const isTrusted =
    typeof trust === 'number' ? (_address: string, hop: number) => hop < trust : inNetworks([trust].flat())
  return (exchange) => {
    const peer = exchange.connection.peerAddress
    if (!isTrusted(peer, 0)) return peer
    const chain = chainOf(requestHeader(exchange, header) ?? '', header)
    let client = peer
    for (const [index, address] of chain.reverse().slice(0, MAX_CHAIN).entries()) {
      // A word where an address should stand was written by somebody who is not to be trusted.
      if (isIP(address) === 0) break
      client = address
      if (!isTrusted(address, index + 1)) break
    }
    return client
  }
}

/** What is wrong with a network, or undefined when it can be read. */
export function networkProblem(network: string): string | undefined {
  return Object.hasOwn(NAMED_NETWORKS, network) || isAddressRange(network)
    ? undefined
    : 'an address or network such as "10.0.0.0/8" or "::1", or "loopback", "linklocal", "private"'
}

function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const isListed = addressList(networks.flatMap((one) => NAMED_NETWORKS[one] ?? [one]))
  // A unix socket has no address; who can open it is the file system's business.
  return (address) => address === '' || isListed(address)
}

/** The addresses of a header, client first, without ports and brackets. */
function chainOf(header: string, name: string): string[] {
  const parts = header.split(',').map((part) => part.trim())
  const nodes = name === 'forwarded' ? parts.map(forNode) : parts
  return nodes.filter((node) => node !== '').map(addressOfNode)
}

/** The `for` parameter of one element of RFC 7239. */
function forNode(element: string): string {
  for (const pair of element.split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0 || pair.slice(0, equals).trim().toLowerCase() !== 'for') continue
    const [, quoted, token] = /^(?:"([^"]*)"|([^\s"]*))$/.exec(pair.slice(equals + 1).trim()) ?? []
    return quoted ?? token ?? 'unknown'
  }
  return 'unknown'
}

function addressOfNode(node: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(node)
  if (bracketed !== null) return withoutMapping(bracketed[1] ?? '')
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(node)
  return withoutMapping(withPort?.[1] ?? node)
}
