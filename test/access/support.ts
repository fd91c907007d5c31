/** Servers, clients and destinations for the tests of the access log. All on port 0, all closed after each test. */

import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** A destination that keeps lines, and lets a test wait for them. */
export class Lines {
  readonly all: string[] = []
  #waiting: (() => void)[] = []

  /** For the option `to`. */
  readonly to = (line: string): void => {
    this.all.push(line)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** For morgan's option `stream`. */
  readonly stream = {
    write: (text: string): boolean => {
      for (const line of text.split('\n').slice(0, -1)) this.to(line)
      return true
    },
  }

  /** The lines once there are `count` of them. Fails after 15 s. */
  async wait(count = 1): Promise<readonly string[]> {
    const end = performance.now() + 15_000
    while (this.all.length < count) {
      const left = end - performance.now()
      if (left <= 0) throw new Error(`${this.all.length} of ${count} lines came: ${JSON.stringify(this.all)}`)
      await Promise.race([new Promise<void>((wake) => this.#waiting.push(wake)), sleep(left)])
    }
    return this.all
  }

  /** The only line, after a moment in which no second one came. */
  async one(): Promise<string> {
    await this.wait(1)
    await sleep(30)
    if (this.all.length !== 1) throw new Error(`more than one line: ${JSON.stringify(this.all)}`)
    return this.all[0] as string
  }
}

/** A server on a free port; closed, connections included, when the test ends. */
export async function serve(listener: RequestListener, options: ServerOptions = {}): Promise<Served> {
  return listening(createServer(options, listener))
}

/** A running server. */
export interface Served {
  readonly server: Server
  readonly port: number
  readonly url: string
}

export async function listening(server: Server): Promise<Served> {
  const port = await listen(server)
  return { server, port, url: `http://127.0.0.1:${port}` }
}

/** Listens on a free port of the loopback interface. */
export async function listen(server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server) (server as Server).closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** Sends text over a new connection and gives everything that came back when it closes. */
export async function exchangeText(port: number, text: string): Promise<string> {
  const socket = open(port)
  socket.write(text, 'latin1')
  return textOf(socket)
}

/** Everything that comes over a connection until it closes. */
export async function textOf(socket: Socket): Promise<string> {
  let answer = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    answer += chunk
  })
  await once(socket, 'close')
  return answer
}

/** A connection that swallows its own errors and goes with the test. */
export function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return socket
}

/** A request as text. */
export function request(target: string, lines: readonly string[] = [], method = 'GET'): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: test', ...lines, '', ''].join('\r\n')
}

/** A request after which the server closes the connection. */
export function lastRequest(target: string, lines: readonly string[] = [], method = 'GET'): string {
  return request(target, ['Connection: close', ...lines], method)
}
