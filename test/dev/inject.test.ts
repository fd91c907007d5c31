import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { injectInto } from '../../src/dev/overlay/inject.ts'
import { request } from '../support/request.ts'

const PAGE = '<!doctype html><head></head>page'
let answer: (res: http.ServerResponse) => void
let server: http.Server
let port: number
beforeAll(async () => {
  server = http.createServer((_req, res) => {
    res.setHeader('content-type', 'text/html')
    injectInto(res, (nonce) => `<script data-tag="${nonce ?? ''}"></script>`)
    answer(res)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

const bodyOf = async (how: typeof answer): Promise<string> => {
  answer = how
  return (await request({ port, path: '/' })).body
}

describe('a response that is part of a page, or none', () => {
  it.each([200, 404, 500])('%i is a page, and gets the script', async (status) => {
    expect(await bodyOf((res) => res.writeHead(status).end(PAGE))).toContain('data-tag')
  })

  it.each([205, 206])('%i stays as it is', async (status) => {
    expect(await bodyOf((res) => res.writeHead(status).end(PAGE))).not.toContain('data-tag')
  })
})

describe('a policy', () => {
  it.each([
    ["script-src 'self'", 'data-tag=""'],
    ["script-src 'self' 'nonce-abc123'; connect-src 'self'", 'data-tag="abc123"'],
    ["script-src 'nonce-abc123' 'strict-dynamic'", 'data-tag="abc123"'],
    ["default-src 'none'", undefined],
    ["script-src 'self' 'strict-dynamic'", undefined],
    ["script-src 'self', script-src 'none'", undefined],
    ["script-src 'self'; connect-src https://api.example", undefined],
    ["sandbox allow-forms; script-src 'self'", undefined],
  ])('%s is kept to', async (policy, tag) => {
    const body = await bodyOf((res) => res.setHeader('content-security-policy', policy).end(PAGE))
    if (tag === undefined) expect(body).toBe(PAGE)
    else expect(body).toContain(tag)
  })
})
