import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
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

const HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n: a\n\r\n'

it.each([
  ['answers', (_upstream: Socket) => {}],
  ['answers, and ends', (upstream: Socket) => void upstream.end()],
])('an event stream that a process begins when it is replaced is ended: it %s', async (_how, then) => {
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
  isRetired = true
  gate.retire(target)
  const answer = text(client)
  upstream.write(HEAD)
  then(upstream)
  expect(await answer).toBe(`${HEAD}0\r\n\r\n`)
})
