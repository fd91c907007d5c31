import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
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

const HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n: a\n\r\n'

/** A gate, a process behind it, and a client that has asked for events, which the process has heard. */
async function asked() {
  const gate = new Gate(false)
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    gate.close()
    server.close()
  })
  await once(server, 'listening')
  let isRetired = false
  const target = { port: (server.address() as AddressInfo).port, isRetired: () => isRetired }
  await gate.listen('127.0.0.1', 0)
  gate.serve(target)
  const client = connect(gate.address?.port ?? 0, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  const accepted = once(server, 'connection') as Promise<[Socket]>
  client.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  const [upstream] = await accepted
  onTestFinished(() => void upstream.destroy())
  upstream.on('error', () => {})
  await once(upstream, 'data')
  let told = ''
  client.setEncoding('latin1').on('data', (piece: string) => {
    told += piece
  })
  const retire = (): void => {
    isRetired = true
    gate.retire(target)
  }
  /** Says it, and waits until the client has heard it. */
  const say = async (words: string): Promise<void> => {
    const before = told.length
    upstream.write(words)
    await expect.poll(() => told.length - before).toBeGreaterThanOrEqual(words.length)
  }
  return { upstream, retire, say, told: () => told, ended: once(client, 'end') }
}

it.each([
  ['answers', (_upstream: Socket) => {}],
  ['answers, and ends', (upstream: Socket) => void upstream.end()],
])('an event stream that a process begins when it is replaced is ended: it %s', async (_how, then) => {
  const { upstream, retire, told, ended } = await asked()
  retire()
  upstream.write(HEAD)
  then(upstream)
  await ended
  expect(told()).toBe(`${HEAD}0\r\n\r\n`)
})

describe.each([1, 20, 40, 70])('a header in two pieces, the first of %d bytes', (length) => {
  it('is read whole, whether the process is replaced before or after it', async () => {
    const [first, second] = [HEAD.slice(0, length), HEAD.slice(length)]
    const after = await asked()
    await after.say(first)
    await after.say(second)
    after.retire()
    await after.ended
    expect(after.told()).toBe(`${HEAD}0\r\n\r\n`)

    const before = await asked()
    before.retire()
    await before.say(first)
    before.upstream.write(second)
    await before.ended
    expect(before.told()).toBe(`${HEAD}0\r\n\r\n`)
  })
})

it('an event stream that its process has ended itself, or cut, is not ended twice', async () => {
  const ends = await asked()
  await ends.say(`${HEAD}0\r\n\r\n`)
  ends.retire()
  ends.upstream.end()
  const cut = await asked()
  await cut.say(HEAD)
  cut.retire()
  cut.upstream.end()
  await cut.ended
  expect(cut.told()).toBe(`${HEAD}0\r\n\r\n`)
  expect(ends.told()).toBe(`${HEAD}0\r\n\r\n`)
})
