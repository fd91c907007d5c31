import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestToCurl, requestToFetch } from '../../src/report/render-request.ts'
import type { RequestFacts } from '../../src/report/report.ts'

const run = promisify(execFile)
const seen: IncomingMessage[] = []
const server = createServer((req, res) => {
  seen.push(req)
  res.end('ok')
})
let port = 0

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

const request = (more: Partial<RequestFacts> = {}): RequestFacts => ({
  method: 'GET',
  url: '/a?b=1',
  httpVersion: '1.1',
  headers: [
    ['Host', `127.0.0.1:${port}`],
    ['Accept', 'text/html'],
    ['Content-Length', '5'],
  ],
  remoteAddress: '127.0.0.1',
  ...more,
})

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

describe('requestToCurl', () => {
  it('is one command with the headers that matter', () => {
    expect(requestToCurl(request({ method: 'POST' }))).toBe(
      `curl \\\n  --globoff \\\n  --include \\\n  --request 'POST' \\\n  --header 'Accept: text/html' \\\n  --url 'http://127.0.0.1:${port}/a?b=1'`,
    )
  })

  it.runIf(hasCurl)('sends the same request again, and nothing in it acts in the shell', async () => {
    const hostile = `/x?a='$(touch\${IFS}/tmp/owned)';b=\`id\`&c=[1-3]{a,b}"|x`
    const headers = [...request().headers, ['X-Odd', `it's "$HOME" \`id\` \\`] as const]
    await run('sh', ['-c', requestToCurl(request({ url: hostile, headers }))])
    const last = seen.at(-1)
    expect(last?.url).toBe(hostile)
    expect(last?.headers['x-odd']).toBe(`it's "$HOME" \`id\` \\`)
  })

  it('keeps a hostile host and hostile header names out', () => {
    const headers = [['Host', 'x/../@evil'] as const, ["a'; id", 'x'] as const]
    const command = requestToCurl(request({ headers }))
    expect(command).toContain("--url 'http://localhost/a?b=1'")
    expect(command).not.toContain('id')
  })
})

describe('requestToFetch', () => {
  it('sends the same request again', async () => {
    const code = requestToFetch(request({ method: 'DELETE', url: '/del?"\'`${1}' }))
    await new Function(`return (async () => { ${code} })()`)()
    const last = seen.at(-1)
    expect(last?.method).toBe('DELETE')
    expect(decodeURIComponent(last?.url ?? '')).toBe('/del?"\'`${1}')
    expect(last?.headers.accept).toBe('text/html')
  })
})
