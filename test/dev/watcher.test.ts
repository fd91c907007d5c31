import type fs from 'node:fs'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Watcher } from '../../src/dev/watch/watcher.ts'

/** What happens right before a folder is watched. */
const before = vi.hoisted(() => ({ watch: (): void => {} }))
vi.mock('node:fs', async (load) => {
  const real = await load<typeof fs>()
  const watch = (...args: Parameters<typeof fs.watch>): fs.FSWatcher => {
    before.watch()
    return real.watch(...args)
  }
  return { ...real, watch }
})

it('tells of a change that comes just before the folder of the file is watched', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rocksolid-watch-'))
  const file = join(folder, 'server.mjs')
  writeFileSync(file, 'old')
  utimesSync(file, 1, 1)
  const [onChange, onPolling] = [vi.fn(), vi.fn()]
  const none = (): boolean => false
  const watcher = new Watcher({
    root: folder,
    wanted: none,
    walk: false,
    ignored: none,
    pollMs: undefined,
    onChange,
    onPolling,
  })
  onTestFinished(() => {
    watcher.close()
    rmSync(folder, { recursive: true })
  })
  before.watch = () => writeFileSync(file, 'new')
  watcher.add(file, Date.now() - 60_000)
  await expect.poll(() => onChange.mock.calls).toEqual([[[file]]])
  // It came by its event or by the first look, and not by the one that finds that no events come.
  expect(onPolling).not.toHaveBeenCalled()
})
