/** `rocksolid serve`: Gunicorn's and supervisor's part. Workers on one socket, signals, a pid file. */

import { relative } from 'node:path'
import type { ParsedArguments } from './arguments.ts'
import { findEntry } from './entry.ts'
import { nodeArgs } from './node-arguments.ts'
import type { SERVE_OPTIONS } from './run-options.ts'
import { createSupervisor } from './supervise.ts'

/** Serves until it is stopped, and answers the exit code. */
export async function serveCommand({
  options,
  positionals,
  rest,
}: ParsedArguments<typeof SERVE_OPTIONS>): Promise<number> {
  const cwd = process.cwd()
  const supervisor = createSupervisor({
    entry: relative(cwd, findEntry(positionals[0], cwd)),
    args: rest,
    nodeArgs: nodeArgs(options),
    access: !options['no-access'],
    prints: !options['no-prints'],
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.pid === undefined ? {} : { pidFile: options.pid }),
    ...(options.grace === undefined ? {} : { graceMs: options.grace * 1000 }),
    ...(options.port === undefined ? {} : { env: { PORT: String(options.port) } }),
  })
  return supervisor.run()
}
