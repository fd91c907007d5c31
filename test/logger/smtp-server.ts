/** A small SMTP server on loopback that keeps what it is given; it can refuse and stop. */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface SmtpServer {
  readonly port: number
  /** Whole messages: headers and body. */
  readonly mails: string[]
  /** The answer to MAIL FROM. */
  answer: string
  stop(): Promise<void>
}

export async function startSmtp(port = 0): Promise<SmtpServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let input = ''
    let data: string[] | undefined
    socket.write('220 test\r\n')
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      input += chunk
      for (let end = input.indexOf('\r\n'); end >= 0; end = input.indexOf('\r\n')) {
        const line = input.slice(0, end)
        input = input.slice(end + 2)
        if (data !== undefined) {
          if (line === '.') {
            smtp.mails.push(data.join('\r\n'))
            data = undefined
            socket.write('250 taken\r\n')
          } else data.push(line.replace(/^\./, ''))
        } else if (/^EHLO|^HELO/i.test(line)) socket.write('250 test\r\n')
        else if (/^MAIL/i.test(line)) socket.write(`${smtp.answer}\r\n`)
        else if (/^DATA/i.test(line)) {
          data = []
          socket.write('354 go on\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const smtp: SmtpServer = {
    port: (server.address() as { port: number }).port,
    mails: [],
    answer: '250 ok',
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
  return smtp
}

/** The text of a part that was sent as quoted-printable or base64. */
export function decoded(mail: string): string {
  const quoted = mail
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return quoted.replace(/(?:^[A-Za-z0-9+/]{60,}={0,2}\r\n)+(?:[A-Za-z0-9+/]+={0,2}\r\n)?/gm, (block) =>
    Buffer.from(block.replace(/\r\n/g, ''), 'base64').toString('latin1'),
  )
}
