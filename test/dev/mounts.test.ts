import { describe, expect, it } from 'vitest'
import { mountWithoutEvents } from '../../src/dev/watch/mounts.ts'

/** As /proc/self/mountinfo of a container has them. */
const TABLE = `
21 1 0:20 / / rw,relatime - overlay overlay rw,lowerdir=/a
22 21 0:21 / /proc rw - proc proc rw
30 21 0:40 /home /app rw,relatime shared:1 - virtiofs shared rw
31 30 0:41 / /app/node_modules rw - ext4 /dev/vda1 rw
32 21 0:42 / /mnt/my\\040share rw - cifs //nas/share rw
33 21 0:43 / /mnt/fast rw - fuse.overlayfs none rw
34 21 0:44 / /mnt/remote rw - fuse.sshfs host: rw
`

describe('a folder on a mount that does not tell of changes', () => {
  it.each([
    ['/app', 'virtiofs'],
    ['/app/lib/src', 'virtiofs'],
    ['/mnt/my share/app', 'cifs'],
    ['/mnt/remote', 'fuse.sshfs'],
    ['/app/node_modules/a', undefined],
    ['/apples', undefined],
    ['/mnt/fast/app', undefined],
    ['/home/me', undefined],
  ])('%s: %s', (folder, type) => {
    expect(mountWithoutEvents(folder, TABLE)).toBe(type)
  })

  it('is told for this machine without a failure', () => {
    expect(() => mountWithoutEvents(process.cwd())).not.toThrow()
    expect(mountWithoutEvents('/', '')).toBeUndefined()
  })
})
