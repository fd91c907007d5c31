/**
 * Measures work by the processor's time of this process, which other processes do not stretch as they do the clock's.
 */

/** Milliseconds of the processor that a run takes, in all threads. */
export async function cpuMs(run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * Compares times: the best of some runs of one and of another in turns. A run below a fifth of a millisecond counts as
 * that, since nothing is told by its time.
 */
export async function timesLonger(one: () => unknown, other: () => unknown): Promise<number> {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < 7; turn++) {
    for (const [index, run] of [other, one].entries())
      best[index] = Math.min(best[index] ?? 0, Math.max(0.2, await cpuMs(run)))
  }
  return (best[1] ?? 0) / (best[0] ?? 1)
}

/** How many times longer a run of four times the size takes: 4 where time is linear, 16 where it is quadratic. */
export const growth = (run: (size: number) => unknown, size: number): Promise<number> =>
  timesLonger(
    () => run(4 * size),
    () => run(size),
  )

/** What a growth must stay below to be far from quadratic. */
export const LINEAR = 9
