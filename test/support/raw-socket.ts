/** Bytes to a server as they are, without a client that would mend or refuse them. */

import net from 'node:net'

/**
 * Sends the bytes and answers everything that came back until the server closed the connection: the bytes must ask
 * for that, or `then`, which is sent when the first answer begins to arrive.
 */
export function sendRaw(port: number, bytes: string, then?: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      if (answer === '' && then !== undefined) socket.write(then, 'latin1')
      answer += chunk
    })
    // A reset is an answer too.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.write(bytes, 'latin1')
  })
}
