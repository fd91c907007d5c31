/** What is known of the application and its process: package, revision, memory, how it was started. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { BoundedMap } from '../../core/bounded-map.ts'
import { shared } from '../../core/shared.ts'
import { maskText } from '../../inspect/redact.ts'
import { packageOf } from '../../stack/packages.ts'

type Row = readonly [name: string, value: string]

/** Rows of names and values. Throws when the working directory is gone. */
export function appRows(): readonly Row[] {
  const cwd = process.cwd()
  const facts = packageOf(join(cwd, 'package.json'))
  const revision = revisionOf(cwd)
  const rows: Row[] = []
  if (facts?.name !== undefined) rows.push(['Package', [facts.name, facts.version].filter(Boolean).join(' ')])
  if (revision !== undefined) rows.push(['Revision', revision])
  rows.push(
    ['NODE_ENV', process.env.NODE_ENV ?? 'not set'],
    ['Started as', maskText([...process.execArgv, ...process.argv.slice(1)].join(' ').slice(0, 1000))],
    ['Memory', memory()],
  )
  return rows
}

/** Kilobytes that the process had at its highest: a question to the system that takes up to 0.3 ms, as all of them do. */
const peaks = shared('story-peak', () => new BoundedMap<'peak', number>({ maxEntries: 1, maxAgeMs: 1000 }))

function memory(): string {
  const { used_heap_size: heap } = getHeapStatistics()
  const known = peaks.get('peak')
  const peak = known ?? process.resourceUsage().maxRSS
  if (known === undefined) peaks.set('peak', peak)
  return `${megabytes(peak * 1024)} in all at its highest, ${megabytes(heap)} of JavaScript now`
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`

/** Answers by folder, at most 4 and for five seconds. */
const revisions = shared(
  'story-revisions',
  () => new BoundedMap<string, { readonly text: string | undefined }>({ maxEntries: 4, maxAgeMs: 5000 }),
)

function revisionOf(folder: string): string | undefined {
  let revision = revisions.get(folder)
  if (revision === undefined) {
    revision = { text: readRevision(folder) }
    revisions.set(folder, revision)
  }
  return revision.text
}

/**
 * `main 1a2b3c4`: read from the files of git, since starting it would take longer than the whole page, and at once,
 * since three turns of the thread pool would be its longest wait.
 */
function readRevision(folder: string): string | undefined {
  const git = gitFolder(folder)
  const head = git === undefined ? undefined : textOf(join(git, 'HEAD'))?.trim()
  if (git === undefined || head === undefined) return undefined
  const reference = /^ref: (refs\/[\w./-]{1,200})$/.exec(head)?.[1]
  if (reference === undefined) return head.slice(0, 10)
  const branch = reference.replace('refs/heads/', '')
  const commit = textOf(join(git, reference)) ?? packed(git, reference)
  return commit === undefined ? branch : `${branch} ${commit.trim().slice(0, 10)}`
}

const MAX_CLIMB = 24

function gitFolder(start: string): string | undefined {
  let folder = start
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++) {
    const path = join(folder, '.git')
    if (textOf(join(path, 'HEAD')) !== undefined) return path
    // A worktree and a submodule have a file that says where.
    const elsewhere = /^gitdir: (.{1,1000})/.exec(textOf(path) ?? '')?.[1]
    if (elsewhere !== undefined) return resolve(folder, elsewhere.trim())
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return undefined
}

/** Asked for first: a throw costs a millisecond while throws are watched, and most folders on the way have no such file. */
function textOf(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

function packed(git: string, reference: string): string | undefined {
  const line = (textOf(join(git, 'packed-refs')) ?? '')
    .split('\n')
    .find((one) => one.endsWith(` ${reference}`))
  return line?.split(' ', 1)[0]
}
