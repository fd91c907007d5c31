import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from './support/app-process.ts'
import { request } from './support/request.ts'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
  exports: Record<string, unknown>
}

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] as string,
  )

// Below the repository, so that the example's `import … from 'rocksolid'` finds the built package by its own name.
mkdirSync(join(root, '.artifacts'), { recursive: true })
const folder = mkdtempSync(join(root, '.artifacts', 'readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('README', () => {
  it('begins with an example that runs and prints what stands below it', async () => {
    const [example = ''] = blocks('js')
    const runnable = example.replace(
      '.listen(5000)',
      ".listen(0, function () { console.log('listening', this.address().port) })",
    )
    expect(runnable).not.toBe(example)
    writeFileSync(join(folder, 'server.mjs'), runnable)
    const app = await startApp(join(folder, 'server.mjs'), { cwd: folder })
    try {
      expect(
        (await request({ port: app.port, path: '/1', headers: { 'user-agent': 'curl/7.88.1' } })).body,
      ).toBe('Hello Ada!\n')
      expect((await request({ port: app.port, path: '/2' })).status).toBe(500)
      await app.printed(/debugger http:\/\/localhost:\d+\/__rocksolid\/errors\/[\w-]+#unlock=[\w-]+\n/)
      const [promised = ''] = blocks('').filter((block) => block.startsWith('debugger on'))
      const printed = `${app.stdout()}${app.stderr()}`
      const shape = (text: string): string[] =>
        text
          .split('\n')
          .map((line) =>
            line
              .replace(/PIN [\d-]+/, 'PIN')
              .replace(/\[[^\]]*\d{4}[^\]]*\]/, '[time]')
              .replace(/^(?:::ffff:)?127\.0\.0\.1|^::1/, 'address')
              .replace(/errors\/.*/, 'errors/')
              .replace(/#unlock=.*/, '#unlock=')
              .replace(/localhost:\d+/, 'localhost')
              .replace(/\(.*server\.mjs/, '(server.mjs')
              .trim(),
          )
          .filter((line) => line !== '' && !line.startsWith('listening'))
      for (const line of shape(promised)) expect(shape(printed)).toContain(line)
    } finally {
      await app.stop()
    }
  })

  it('names commands that exist', () => {
    const commands = blocks('sh').join('\n')
    for (const [, name] of commands.matchAll(/npm (?:run )?(start|test|run \w+)/g)) {
      expect(manifest.scripts, `npm ${name}`).toHaveProperty((name as string).replace('run ', ''))
    }
    expect(commands).toContain('npm ci && npm start')
    expect(commands).toContain('npm ci && npm test')
  })

  it('lists every door', () => {
    for (const door of Object.keys(manifest.exports)) {
      if (door === './package.json') continue
      expect(readme).toContain(`\`rocksolid${door.slice(1)}\``)
    }
  })
})

describe('the documents', () => {
  const documents = [
    ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ]

  it.each(documents)('%s links to files that exist', (name) => {
    const text = readFileSync(join(root, name), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      expect(existsSync(resolve(root, name, '..', target)), target).toBe(true)
    }
  })
})
