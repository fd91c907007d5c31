/**
 * Compares times without a clock's own numbers, which a busy machine stretches: the best of some runs of one and of
 * another in turns. A run below a fifth of a millisecond counts as that, since nothing is told by its time.
 */
export async function timesLonger(one: () => unknown, other: () => unknown): Promise<number> {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < 7; turn++) {
    for (const [index, run] of [other, one].entries()) {
      const started = performance.now()
      await run()
      best[index] = Math.min(best[index] ?? 0, Math.max(0.2, performance.now() - started))
    }
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
