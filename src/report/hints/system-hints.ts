/** Hints about what the operating system refuses: ports, connections, files, names, certificates. */

import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename, dirname, isAbsolute } from 'node:path'
import { nearest } from '../../core/nearest.ts'
import { shortPath } from '../../core/short-path.ts'
import { isInside, projectRoots } from '../../stack/roots.ts'
import { type Advice, type HintFacts, type HintProvider, propertyText, whenCode } from './hint-provider.ts'

/** What usually listens on a port. */
const SERVICES: Readonly<Record<string, string>> = {
  '25': 'a mail server',
  '1025': 'a mail catcher',
  '1433': 'SQL Server',
  '1521': 'Oracle',
  '2181': 'ZooKeeper',
  '2375': 'Docker',
  '3306': 'MySQL or MariaDB',
  '4222': 'NATS',
  '5432': 'PostgreSQL',
  '5672': 'RabbitMQ',
  '6379': 'Redis or Valkey',
  '8123': 'ClickHouse',
  '8500': 'Consul',
  '9000': 'an S3 store such as MinIO',
  '9042': 'Cassandra',
  '9092': 'Kafka',
  '9200': 'Elasticsearch or OpenSearch',
  '11211': 'memcached',
  '26257': 'CockroachDB',
  '27017': 'MongoDB',
}

const portOf = (facts: HintFacts): string =>
  propertyText(facts, 'port') || (/:(\d{1,5})\b(?!.*:\d)/.exec(facts.error.message)?.[1] ?? '')

const addressInUse = whenCode('address-in-use', ['EADDRINUSE'], async (facts): Promise<Advice> => {
  const port = portOf(facts)
  const holder = await holderOfPort(Number(port))
  const who = holder === undefined ? 'Another process' : `${holder.name} (process ${holder.pid})`
  return {
    title: `${who} listens on port ${port} already.`,
    text:
      holder?.pid === process.pid
        ? 'It is this very process: `listen` was called twice.'
        : 'End that process, or listen on another port.',
    ...(holder === undefined || holder.pid === process.pid ? {} : { command: `kill ${holder.pid}` }),
  }
})

/** Most processes looked through. */
const MAX_PROCESSES = 2000

/** Who listens on a port, as /proc tells on Linux; undefined elsewhere, and for processes of other users. */
async function holderOfPort(port: number): Promise<{ pid: number; name: string } | undefined> {
  if (process.platform !== 'linux' || !Number.isInteger(port)) return undefined
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n')
    for (const line of lines.slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      if (state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
        inodes.add(`socket:[${inode}]`)
    }
  }
  if (inodes.size === 0) return undefined
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).reverse()
  // This process first: to listen twice is the most common case, and the quickest to find.
  for (const pid of [String(process.pid), ...all.slice(0, MAX_PROCESSES)]) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => [])
    const targets = await Promise.all(
      handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')),
    )
    if (!targets.some((target) => inodes.has(target))) continue
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')).trim()
    return { pid: Number(pid), name: `\`${name.replaceAll('`', '')}\`` }
  }
  return undefined
}

const refused = whenCode('connection-refused', ['ECONNREFUSED'], (facts): Advice => {
  const port = portOf(facts)
  const address =
    propertyText(facts, 'address') || (/(\S+):\d+$/.exec(facts.error.message)?.[1] ?? 'the host')
  const service = SERVICES[port]
  const local = /^(?:127\.|::1|localhost)/.test(address)
  const container = local ? ' Inside a container, localhost is the container itself.' : ''
  return {
    title: `Nothing listens on port ${port} of ${address}.`,
    text: `${service === undefined ? 'Start the service' : `That is where ${service} usually listens: start it`}, or check host and port.${container}`,
  }
})

const noEntry = whenCode('no-entry', ['ENOENT'], async (facts): Promise<Advice | undefined> => {
  const syscall = propertyText(facts, 'syscall')
  const path = propertyText(facts, 'path') || (/'([^']{1,1000})'/.exec(facts.error.message)?.[1] ?? '')
  if (syscall.startsWith('spawn')) {
    return {
      title: `There is no program \`${path.replaceAll('`', '')}\`.`,
      text: 'Install it, or check PATH. A missing `cwd` is reported this way too.',
    }
  }
  if (path === '') return undefined
  const { cwd } = facts.report.runtime
  const full = isAbsolute(path) ? path : `${cwd}/${path}`
  const title = `There is no \`${shortPath(full, cwd)}\`.`
  const taken = isAbsolute(path) ? '' : ` Relative paths are taken from the working directory, \`${cwd}\`.`
  if (!isInside(full, facts.roots ?? projectRoots())) return { title, text: `Check the path.${taken}` }
  const files = await readdir(dirname(full)).catch(() => undefined)
  if (files === undefined)
    return {
      title,
      text: `Its folder does not exist either: make it with \`mkdir(…, { recursive: true })\`.${taken}`,
    }
  const near = nearest(basename(full), files)
  return near === undefined
    ? { title, text: `Check the path.${taken}` }
    : { title: `${title} Did you mean \`${near}\`?`, text: `\`${near}\` is in the same folder.${taken}` }
})

const denied = whenCode('permission-denied', ['EACCES', 'EPERM'], (facts): Advice => {
  const port = Number(portOf(facts))
  if (propertyText(facts, 'syscall') === 'listen') {
    return {
      title: `Port ${port} is reserved for the administrator.`,
      text: 'Listen on a port above 1023, such as 8080, with a proxy in front.',
    }
  }
  const path = propertyText(facts, 'path').replaceAll('`', '')
  return {
    title: path === '' ? 'The operating system refused permission.' : `This process may not use \`${path}\`.`,
    text: 'Check owner and mode of the file and of the folders above it (`ls -ld`), and which user the process runs as.',
  }
})

const notFoundHost = whenCode('host-not-found', ['ENOTFOUND', 'EAI_AGAIN'], (facts): Advice => {
  const host =
    propertyText(facts, 'hostname') ||
    (/(?:ENOTFOUND|EAI_AGAIN) (\S{1,255})/.exec(facts.error.message)?.[1] ?? 'the host')
  const looksLikeUrl = /[:/]/.test(host)
  return {
    title: `No address is known for \`${host.replaceAll('`', '')}\`.`,
    text: looksLikeUrl
      ? 'A URL was given where only a host name may stand.'
      : 'Check its spelling and the network. Names of containers are known only inside their own network.',
  }
})

const fixed = (name: string, codes: readonly string[], title: string, text: string): HintProvider =>
  whenCode(name, codes, () => ({ title, text }))

/** In the order asked. */
export const SYSTEM_HINTS: readonly HintProvider[] = [
  addressInUse,
  refused,
  noEntry,
  denied,
  notFoundHost,
  fixed(
    'connection-reset',
    ['ECONNRESET', 'EPIPE'],
    'The other side closed the connection in the middle.',
    'A server does so when it crashes, times out, or when an idle connection is used again: retry once when the request can be repeated safely.',
  ),
  fixed(
    'timed-out',
    ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ESOCKETTIMEDOUT'],
    'The other side did not answer in time.',
    'A firewall that drops packets looks like this; a wrong host does too.',
  ),
  fixed(
    'is-folder',
    ['EISDIR'],
    'A folder was used as a file.',
    'Check that the path ends in a file name; an empty variable in it leaves the folder.',
  ),
  fixed(
    'not-folder',
    ['ENOTDIR'],
    'A file stands where a folder was expected.',
    'One of the middle parts of the path is a file.',
  ),
  fixed(
    'exists',
    ['EEXIST'],
    'It exists already.',
    'Use `{ recursive: true }` for folders, or the flag `w` in place of `wx`.',
  ),
  fixed(
    'too-many-files',
    ['EMFILE', 'ENFILE'],
    'Too many files are open at once.',
    'Close what was opened, and work through long lists in batches. `ulimit -n` shows the limit.',
  ),
  fixed(
    'disk-full',
    ['ENOSPC'],
    'The disk is full, or the limit of file watchers is reached.',
    '`df -h` tells about the disk; for watchers raise `fs.inotify.max_user_watches`.',
  ),
  fixed(
    'certificate',
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    'The certificate of the other side is signed by nobody this process trusts.',
    'Give the authority to Node.js with `NODE_EXTRA_CA_CERTS=ca.pem`. Do not switch the check off.',
  ),
  fixed(
    'certificate-expired',
    ['CERT_HAS_EXPIRED'],
    'The certificate of the other side has expired.',
    'Renew it, and check the clock of this machine.',
  ),
  fixed(
    'certificate-name',
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    'The certificate of the other side is for another name.',
    'Connect by a name that the certificate holds.',
  ),
]
