/** What is known of the application and its process: package, revision, memory, how it was started. */

import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BoundedMap } from '../../core/bounded-map.ts'
import { shared } from '../../core/shared.ts'
import { maskText } from '../../inspect/redact.ts'
import { packageOf } from '../../stack/packages.ts'

type Row = readonly [name: string, value: string]

/** Rows of names and values. Rejects when the working directory is gone. */
export async function appRows(): Promise<readonly Row[]> {
  const cwd = process.cwd()
  const [facts, revision] = await Promise.all([packageOf(join(cwd, 'package.json')), revisionOf(cwd)])
  const { rss, heapUsed } = process.memoryUsage()
  const rows: Row[] = []
  if (facts?.name !== undefined) rows.push(['Package', [facts.name, facts.version].filter(Boolean).join(' ')])
  if (revision !== undefined) rows.push(['Revision', revision])
  rows.push(
    ['NODE_ENV', process.env.NODE_ENV ?? 'not set'],
    ['Started as', maskText([...process.execArgv, ...process.argv.slice(1)].join(' ').slice(0, 1000))],
    ['Memory', `${megabytes(rss)} in all, ${megabytes(heapUsed)} of it JavaScript`],
  )
  return rows
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`

/** Answers by folder, at most 4 and for five seconds. */
const revisions = shared(
  'story-revisions',
  () => new BoundedMap<string, Promise<string | undefined>>({ maxEntries: 4, maxAgeMs: 5000 }),
)

function revisionOf(folder: string): Promise<string | undefined> {
  let revision = revisions.get(folder)
  if (revision === undefined) {
    revision = readRevision(folder).catch(() => undefined)
    revisions.set(folder, revision)
  }
  return revision
}

/** `main 1a2b3c4`: read from the files of git, since starting it would take longer than the whole page. */
async function readRevision(folder: string): Promise<string | undefined> {
  const git = await gitFolder(folder)
  if (git === undefined) return undefined
  const head = (await readFile(join(git, 'HEAD'), 'utf8')).trim()
  const reference = /^ref: (refs\/[\w./-]{1,200})$/.exec(head)?.[1]
  if (reference === undefined) return head.slice(0, 10)
  const branch = reference.replace('refs/heads/', '')
  const commit = await readFile(join(git, reference), 'utf8').catch(() => packed(git, reference))
  return commit === undefined ? branch : `${branch} ${commit.trim().slice(0, 10)}`
}

const MAX_CLIMB = 24

async function gitFolder(start: string): Promise<string | undefined> {
  let folder = start
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++) {
    const path = join(folder, '.git')
    if (await readable(join(path, 'HEAD'))) return path
    // A worktree and a submodule have a file that says where.
    const elsewhere = /^gitdir: (.{1,1000})/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1]
    if (elsewhere !== undefined) return resolve(folder, elsewhere.trim())
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return undefined
}

const readable = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )

async function packed(git: string, reference: string): Promise<string | undefined> {
  const text = await readFile(join(git, 'packed-refs'), 'utf8').catch(() => '')
  const line = text.split('\n').find((one) => one.endsWith(` ${reference}`))
  return line?.split(' ', 1)[0]
}
