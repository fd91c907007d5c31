import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from './support/app-process.ts'
import { request } from './support/request.ts'

const examples = resolve(import.meta.dirname, '..', 'examples')
const folder = mkdtempSync(join(tmpdir(), 'rocksolid-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Files that another example imports, or that have a test of their own. */
const PARTS = new Set([
  'article/app.mjs',
  'article/http-app.mjs',
  'article/express-app.mjs',
  'article/server.mjs',
  ...['cherrypy', 'gevent', 'gunicorn', 'gunicorn-app', 'rocket', 'tornado', 'werkzeug', 'wsgilog'].map(
    (name) => `article/${name}.mjs`,
  ),
])

const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.mjs') && !PARTS.has(name))
  .sort()

describe('every example', () => {
  it.each(files)('%s starts and answers', async (name) => {
    const app = await startApp(join(examples, name), {
      cwd: folder,
      ready: /(?:listening |:\/\/[^:\s]+:)(\d+)/,
    })
    try {
      const reply = await request({ port: app.port, path: '/' })
      expect(reply.status).toBeGreaterThanOrEqual(200)
      expect(app.exitCode()).toBeNull()
    } finally {
      await app.stop()
    }
  })

  it('is looked at', () => {
    expect(files.length).toBeGreaterThanOrEqual(3)
  })
})
