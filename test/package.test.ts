import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
  dependencies: Record<string, string>
  files: string[]
}
const doors = Object.keys(manifest.exports)
  .filter((name) => name !== './package.json')
  .map((name) => `rocksolid${name.slice(1)}`)

/** A project of somebody who installed what `npm pack` makes; other packages are those of this repository. */
let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'rocksolid-consumer-'))
  const modules = join(project, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string }]
  execFileSync('tar', ['-xzf', join(project, packed.filename), '-C', project])
  execFileSync('mv', [join(project, 'package'), join(modules, 'rocksolid')])
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }')
})

afterAll(() => rmSync(project, { recursive: true }))

function run(file: string, code: string, ...nodeArgs: string[]): string {
  writeFileSync(join(project, file), code)
  return execFileSync(process.execPath, [...nodeArgs, file], { cwd: project, encoding: 'utf8' }).trim()
}

/** The logger of a request where the people of each framework look for it, in the types that are packed. */
const ADAPTERS = `
  import Hapi from '@hapi/hapi'
  import type { INestApplication } from '@nestjs/common'
  import express from 'express'
  import Fastify from 'fastify'
  import { H3 } from 'h3'
  import { Hono } from 'hono'
  import Koa from 'koa'
  import { createDebugger } from 'rocksolid/debugger'
  import { rocksolid as forExpress } from 'rocksolid/express'
  import { rocksolid as forFastify } from 'rocksolid/fastify'
  import { rocksolid as forH3 } from 'rocksolid/h3'
  import { rocksolid as forHapi } from 'rocksolid/hapi'
  import { rocksolid as forHono } from 'rocksolid/hono'
  import { rocksolid as forKoa } from 'rocksolid/koa'
  import { createLogger } from 'rocksolid/logger'
  import { nestLogger, rocksolid as forNest } from 'rocksolid/nest'
  const log = createLogger()
  const options = { debugger: createDebugger(), log }
  const watch = forExpress(options)
  express().use(watch).get('/', (req, res) => { res.send(req.log.level) }).use(watch.errors)
  new Koa().use(forKoa(options)).use((ctx) => { ctx.log.info('typed', { id: 1 }) })
  const fastify = Fastify({ loggerInstance: log })
  fastify.register(forFastify(options))
  fastify.get('/', (request) => request.log.level)
  Hapi.server().route({ method: 'GET', path: '/', handler: (request) => request.logger.level })
  await Hapi.server().register(forHapi(options))
  new Hono().use(forHono(options)).get('/', (c) => c.text(c.var.log.level + c.get('log').level))
  new H3().use(forH3(options)).get('/', (event) => event.context.log?.level)
  export function inNest(app: INestApplication) {
    forNest(app, options)
    app.useLogger(nestLogger(log))
  }
  // @ts-expect-error an unknown option is a type error
  forKoa({ acess: false })
`

describe('the packed package', () => {
  it.each(doors.filter((door) => door !== 'rocksolid/morgan'))(
    '%s can be imported and required, and both give the same',
    (door) => {
      const code = `
      import { createRequire } from 'node:module'
      import * as imported from '${door}'
      const required = createRequire(import.meta.url)('${door}')
      const names = Object.keys(imported).filter((name) => name !== 'default')
      console.log(names.length > 0 && names.every((name) => imported[name] === required[name]))`
      expect(run('both.mjs', code)).toBe('true')
    },
  )

  it('rocksolid/morgan is a function, imported and required, as morgan is', () => {
    const code = `
      import { createRequire } from 'node:module'
      import imported from 'rocksolid/morgan'
      const required = createRequire(import.meta.url)('rocksolid/morgan')
      console.log([imported, required].map((morgan) => typeof morgan('tiny') + typeof morgan.token).join())`
    expect(run('morgan.mjs', code)).toBe('functionfunction,functionfunction')
  })

  it.each(doors)('%s can be required where ES modules cannot', (door) => {
    const code = `console.log(['function', 'object'].includes(typeof require('${door}')) && Object.keys(require('${door}')).length > 0)`
    expect(run('only.cjs', code, '--no-experimental-require-module')).toBe('true')
  })

  it('works in CommonJS: an error becomes a page with live frames', () => {
    const code = `
      const http = require('node:http')
      const { withAccessLog, withDebugger, withLogging } = require('rocksolid')
      function fails(local) { throw new Error('from ' + local) }
      const app = withAccessLog(withDebugger(withLogging(() => fails('cjs'), { toFile: 'cjs.log' }), { terminal: false }), 'tiny')
      const server = http.createServer(app).listen(0, async () => {
        const origin = 'http://localhost:' + server.address().port
        const page = await (await fetch(origin, { headers: { accept: 'text/html' } })).text()
        console.log(page.includes('from cjs') && page.includes('data-console="0.0"'))
        server.close()
        server.closeAllConnections()
      })`
    expect(run('app.cjs', code)).toContain('true')
    expect(run('app.cjs', code, '--no-experimental-require-module')).toContain('true')
    expect(readFileSync(join(project, 'cjs.log'), 'utf8')).toContain('from cjs')
  })

  it('has types for an ESM and a CommonJS consumer', () => {
    const code = `
      import http from 'node:http'
      import express from 'express'
      import { accessLog, createLogger, debugErrors, withAccessLog, withDebugger, withLogging } from 'rocksolid'
      import { withDebugger as again } from 'rocksolid/debugger'
      const app = express()
      app.use(accessLog())
      app.use(debugErrors())
      http.createServer(withAccessLog(withDebugger(withLogging(app, { toFile: 'app.log' })), 'combined'))
      http.createServer(again(async (req: http.IncomingMessage, res: http.ServerResponse) => { res.end(req.url) }))
      createLogger().info('typed')
      // @ts-expect-error an unknown option is a type error
      withDebugger(app, { evalx: true })
    `
    for (const file of ['consumer.mts', 'consumer.cts']) writeFileSync(join(project, file), code)
    writeFileSync(join(project, 'adapters.mts'), ADAPTERS)
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node'],
          esModuleInterop: true,
          lib: ['es2022'],
          target: 'es2022',
        },
        files: ['consumer.mts', 'consumer.cts', 'adapters.mts'],
      }),
    )
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const check = (): string => {
      try {
        return execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    }
    const ours = check()
      .split('\n')
      .filter((line) => !/node_modules\/(?!rocksolid)/.test(line) && line.trim() !== '')
    expect(ours).toEqual([])
  })

  it('holds the build and its documents, no sources, tests or examples', () => {
    const files = readdirSync(join(project, 'node_modules', 'rocksolid'))
    expect(files.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist',
      'package.json',
    ])
  })

  it('loads nothing of the debugger or the page for the access log and the logger', () => {
    const loaded = (door: string): string =>
      run(
        'graph.mjs',
        `import { readFileSync } from 'node:fs'
         import { join } from 'node:path'
         import { fileURLToPath } from 'node:url'
         const seen = new Set()
         const walk = (file) => {
           if (seen.has(file)) return
           seen.add(file)
           const code = readFileSync(file, 'utf8')
           for (const [, name] of code.matchAll(/(?:^|\\n)\\s*(?:import|export)\\b(?!\\()[^'"\\n]*?['"]([^'"]+)['"]/g)) {
             if (name.startsWith('./')) walk(join(file, '..', name))
             else seen.add(name)
           }
         }
         walk(fileURLToPath(import.meta.resolve('${door}')))
         console.log([...seen].map((file) => file.startsWith('/') ? readFileSync(file, 'utf8').match(/\\/\\/ src\\/\\S+/g)?.join(' ') ?? '' : file).join(' '))`,
      )
    for (const door of ['rocksolid/access', 'rocksolid/logger']) {
      const graph = loaded(door)
      expect(graph).toContain(`src/${door.slice('rocksolid/'.length)}/`)
      expect(graph).not.toMatch(
        /src\/debugger|src\/report\/html|youch|stack-trace|ansi-html|acorn|(?:^| )inspector(?: |$)/,
      )
    }
    expect(loaded('rocksolid/debugger')).not.toMatch(
      /src\/report\/html|client\.generated|youch|ansi-html|acorn/,
    )
  })
})
