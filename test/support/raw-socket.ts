/** Bytes to a server as they are, without a client that would mend or refuse them. */

import net from 'node:net'

/** Sends the bytes, closes this side, and answers everything that came back until the server closed its own. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    // A reset is an answer too.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.on('end', () => socket.end())
    socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}
