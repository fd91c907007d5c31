import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { Gate } from '../../src/dev/parent/gate.ts'

/** An address of this machine by which it is no longer local to itself. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.internal === false && one.family === 'IPv4')?.address

it.runIf(outside !== undefined).each([true, false])(
  'a gate that is open to others (%s) says so to whoever comes from elsewhere',
  async (isOpen) => {
    const gate = new Gate(isOpen)
    onTestFinished(() => gate.close())
    await gate.listen('0.0.0.0', 0)
    const port = gate.address?.port ?? 0
    const isTaken = async (host: string): Promise<boolean> => {
      const socket = connect(port, host)
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {})
      await once(socket, 'connect')
      const over = once(socket, 'close').then(() => false)
      // Nobody serves yet: whoever is let in waits.
      const later = once(
        connect(port, '127.0.0.1').on('error', () => {}),
        'connect',
      ).then(() => new Promise<true>((resolve) => setTimeout(resolve, 1000, true)))
      socket.write('GET / HTTP/1.1\r\n\r\n')
      return await Promise.race([over, later])
    }
    expect(await isTaken('127.0.0.1')).toBe(true)
    expect(await isTaken(outside as string)).toBe(isOpen)
  },
)
