import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { attach } from '../../src/access.ts'
import { Lines, lastRequest, listen, textOf } from './support.ts'

/** A certificate for `a.test` that signs itself. */
function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'access-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const wish = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/O=Org/CN=a.test']
  execFileSync('openssl', [...wish, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

it('tells what is known of TLS also when the line is made after the connection has gone', async () => {
  const { key, cert } = certificate()
  const lines = new Lines()
  const server = createServer({ key, cert }, () => {})
  attach(server, '$status $ssl_protocol $ssl_cipher', { to: lines.stream })
  const port = await listen(server)
  const socket = connect({ port, host: '127.0.0.1', ca: cert, rejectUnauthorized: false })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const cipher = socket.getCipher().name
  socket.write(lastRequest('/slow'))
  await once(server, 'request')
  socket.destroy()
  expect(await lines.one()).toBe(`499 TLSv1.3 ${cipher}`)
})

it('tells what is known of TLS, and counts clear text', async () => {
  const { key, cert } = certificate()
  const lines = new Lines()
  const server = createServer(
    { key, cert, ca: cert, requestCert: true, rejectUnauthorized: false },
    (_req, res) => {
      res.end('hello')
    },
  )
  const format =
    '$scheme $https $ssl_protocol $ssl_server_name $ssl_session_reused $ssl_client_s_dn $ssl_cipher $request_length $bytes_sent $remote_addr'
  attach(server, format, { to: lines.to })
  const port = await listen(server)
  const socket = connect({ port, host: '127.0.0.1', servername: 'a.test', key, cert, ca: cert })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const cipher = socket.getCipher().name
  const text = lastRequest('/secret')
  socket.write(text)
  const answer = await textOf(socket)
  expect(await lines.one()).toBe(
    `https on TLSv1.3 a.test . CN=a.test,O=Org ${cipher} ${text.length} ${answer.length} 127.0.0.1`,
  )
})
