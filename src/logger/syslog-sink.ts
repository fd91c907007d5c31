/** Records to a syslog daemon. */

import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { type Check, checkArgument, isInteger, isOneOf, isString, resolveOptions } from '../core/options.ts'
import { BatchQueue } from './batch-queue.ts'
import {
  type BatchOptions,
  DELIVERY_CHECKS,
  DELIVERY_DEFAULTS,
  type SpoolOptions,
  spoolOf,
} from './delivery-options.ts'
import type { LogRecord } from './record.ts'
import type { Sink } from './sink.ts'
import { FACILITIES, rfc3164, rfc5424 } from './syslog-message.ts'
import { type SyslogTarget, syslogTransport } from './syslog-transport.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link syslogSink}. */
export interface SyslogSinkOptions extends BatchOptions, SpoolOptions {
  /** `rfc5424` (default) or `rfc3164`. */
  readonly protocol?: 'rfc5424' | 'rfc3164'
  /** Default `user`. */
  readonly facility?: string
  /** Default: the name of the program's file. */
  readonly appName?: string
  /** Default: that of the machine. */
  readonly hostname?: string
  /** On streams: `octets` (default, RFC 6587 and 5425) or `lines`. */
  readonly framing?: 'octets' | 'lines'
  /** Name of the structured data that holds the fields. Default `fields@32473`, the number for examples. */
  readonly sdId?: string
  /** For `tls://`: `ca`, `cert`, `key`, `servername` and other options of `tls.connect`. */
  readonly tls?: ConnectionOptions
  /** Bytes of one datagram; longer messages are cut. Default 8,192. */
  readonly maxDatagram?: number
}

const DEFAULTS = {
  ...DELIVERY_DEFAULTS,
  delayMs: 20,
  protocol: 'rfc5424' as 'rfc5424' | 'rfc3164',
  facility: 'user',
  framing: 'octets' as 'octets' | 'lines',
  sdId: 'fields@32473',
  maxDatagram: 8192,
}

const CHECKS = {
  protocol: isOneOf('rfc5424', 'rfc3164'),
  facility: isOneOf(...Object.keys(FACILITIES)),
  appName: isString,
  hostname: isString,
  framing: isOneOf('octets', 'lines'),
  sdId: (value: unknown) =>
    typeof value === 'string' && /^[!#-<>-Z^-~[\\]{1,32}$/.test(value) && !value.includes(']')
      ? undefined
      : 'a name such as "fields@32473": 1 to 32 printable characters without blank, =, ] and quotes',
  tls: (value: unknown) =>
    typeof value === 'object' && value !== null ? undefined : 'options of tls.connect',
  maxDatagram: isInteger(480, 65_507),
  ...DELIVERY_CHECKS,
} as const

/**
 * A sink that sends to `udp://host:514`, `tcp://host:514`, `tls://host:6514` or `unix:///path/of/a/stream.socket`.
 * Over a connection messages arrive at least once and in order, also after the daemon was away; UDP promises nothing.
 * @throws {ConfigError} for a target that cannot be read, or an option that is not right
 */
export function syslogSink(target: string, options?: SyslogSinkOptions): Sink {
  const given = resolveOptions<SyslogSinkOptions, typeof DEFAULTS>('syslogSink', options, CHECKS, DEFAULTS)
  const to = readTarget(target, given)
  const header = {
    facility: FACILITIES[given.facility] ?? 1,
    hostname: given.hostname ?? hostname(),
    appName: given.appName ?? basename(process.argv[1] ?? 'node').replace(/\.\w+$/, ''),
    sdId: given.sdId,
  }
  const label = `syslog ${to.kind}:${to.kind === 'unix' ? to.path : `${to.host}:${to.port}`}`
  const trouble = new Trouble(label)
  const transport = syslogTransport(to, (items) => queue.again(items))
  const queue = new BatchQueue(given, transport.deliver, trouble, spoolOf(given))
  const draw = given.protocol === 'rfc5424' ? rfc5424 : rfc3164
  const sink = (record: LogRecord): void => queue.push(draw(record, header))
  return Object.assign(sink, {
    label,
    flush: queue.flush,
    flushSync: () => queue.flushSync(false),
    close: async () => {
      await queue.close()
      transport.close()
    },
    onTrouble: trouble.listen.bind(trouble),
  })
}

const PORTS: Readonly<Record<string, number>> = { udp: 514, tcp: 514, tls: 6514, unix: 0 }

const TARGET = /^(udp|tcp|tls|unix):\/\/(?:\[([\da-f:]+)\]|([^/:]*))(?::(\d{1,5}))?(\/.*)?$/i

const isTarget: Check = (value) => {
  const [, kind, v6, name, , path = ''] = TARGET.exec(typeof value === 'string' ? value : '') ?? []
  const host = v6 ?? name ?? ''
  const isWhole =
    kind?.toLowerCase() === 'unix' ? path !== '' && host === '' : host !== '' && path.length <= 1
  return kind !== undefined && isWhole
    ? undefined
    : '"udp://host:514", "tcp://host:514", "tls://host:6514" or "unix:///path/of/a/stream.socket"'
}

function readTarget(target: string, options: Readonly<SyslogSinkOptions & typeof DEFAULTS>): SyslogTarget {
  checkArgument('syslogSink', 'the target', target, isTarget)
  const [, scheme = '', v6, name, port, path = ''] = TARGET.exec(target) ?? []
  const kind = scheme.toLowerCase() as SyslogTarget['kind']
  const { framing, tls = {}, maxDatagram } = options
  return { kind, host: v6 ?? name ?? '', port: Number(port ?? PORTS[kind]), path, framing, tls, maxDatagram }
}
