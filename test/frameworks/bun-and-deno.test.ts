import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app-process.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from './servers.ts'

// The servers of docs/frameworks.md, as somebody would paste them who has this package installed and nothing else.
const root = resolve(import.meta.dirname, '..', '..')
const frameworks = join(root, 'tools', 'frameworks', 'node_modules')
const page = readFileSync(join(root, 'docs', 'frameworks.md'), 'utf8')
const run = promisify(execFile)
let project: string

beforeAll(() => {
  mkdirSync(join(root, '.artifacts'), { recursive: true })
  project = mkdtempSync(join(root, '.artifacts', 'fetch-'))
  const installed = join(project, 'node_modules', 'rocksolid')
  cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  symlinkSync(join(frameworks, 'bun-types'), join(project, 'node_modules', 'bun-types'))
  writeFileSync(join(project, 'package.json'), '{ "name": "pasted", "type": "module" }')
})
afterAll(() => rmSync(project, { recursive: true }))

/** What no adapter may be given: the types of the runtime and of this package say so. */
const WRONG = `
// @ts-expect-error an answer that is none
rocksolid((request: Request) => 5)
// @ts-expect-error an unknown option
rocksolid((request: Request) => new Response(), { acess: false })
`

const PASTED = [
  {
    name: 'Bun',
    serve: 'Bun.serve',
    run: [] as string[],
    typed: `
Bun.serve({
  fetch: rocksolid((request: Request, server: Bun.Server<undefined>) => {
    return server.upgrade(request) ? undefined : new Response(server.requestIP(request)?.address)
  }, { log }),
  websocket: { message() {} },
})`,
    check: (file: string): readonly [string, readonly string[]] => {
      const options = {
        ...{ noEmit: true, strict: true, target: 'es2023', module: 'nodenext' },
        ...{ types: ['bun-types'], skipLibCheck: true },
      }
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: [file] }),
      )
      const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
      return [process.execPath, [join(typescript, 'bin', 'tsc'), '-p', 'tsconfig.json']]
    },
  },
  {
    name: 'Deno',
    serve: 'Deno.serve',
    run: ['run', '--allow-all'],
    typed: `
Deno.serve(rocksolid((request: Request, info: Deno.ServeHandlerInfo) => new Response(String(info.remoteAddr)), { log }))`,
    check: (file: string): readonly [string, readonly string[]] => [
      RUNTIMES.find((one) => one.name === 'Deno')?.file ?? 'deno',
      ['check', file],
    ],
  },
]

describe.each(PASTED)('$serve around rocksolid/fetch, as it is documented', ({ name, serve, ...pasted }) => {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')
  const code = blocks.find((block) => block.includes(serve)) ?? ''
  const runtime = RUNTIMES.find((one) => one.name === name)
  const hasTypes = existsSync(join(frameworks, 'bun-types'))

  it.runIf(runtime !== undefined)('has the access log, the page and the logger of each request', async () => {
    const file = join(project, `${name}.ts`)
    const said = "console.log('listening', server.port ?? server.addr.port)\n"
    writeFileSync(
      file,
      `${code.replace('5000', '0').replace(serve, `const server: any = ${serve}`)}\n${said}`,
    )
    const app = await startApp(file, {
      node: runtime?.file as string,
      nodeArgs: pasted.run,
      cwd: project,
      ready: /^listening (\d+)/m,
    })
    try {
      const { port } = app
      const hello = await request({ port, path: '/0', headers: { 'x-request-id': 'r-1' } })
      expect([hello.status, hello.body]).toEqual([200, 'Hello ADA\n'])
      await app.printed(/^127\.0\.0\.1 - - \[.+\] "GET \/0 HTTP\/1\.1" 200 10 "-" "-"$/m)
      const [record = ''] = await app.printed(/^\{.*"greets".*"r-1".*$/m)
      expect(JSON.parse(record)).toMatchObject({ requestId: 'r-1', method: 'GET', url: '/0', name: 'Ada' })

      const failed = await request({ port, path: '/7', headers: { accept: 'text/html' } })
      expect([failed.status, failed.headers['content-type']]).toEqual([500, expect.stringMatching(/html/)])
      expect(failed.body).toMatch(/<h1[\s\S]{0,400}TypeError[\s\S]{0,200}undefined/)
      // Its source and its name, with no console.
      expect(failed.body).toContain('toUpperCase')
      expect(failed.body).not.toContain('data-console=')
      await app.printed(new RegExp(`debugger http://localhost:${port}/__rocksolid/errors/`))
      await app.printed(/"GET \/7 HTTP\/1\.1" 500 \d+ /)
      const program = await request({ port, path: '/7', headers: { accept: 'application/json' } })
      expect([program.status, program.headers['content-type']]).toEqual([500, expect.stringMatching(/json/)])
    } finally {
      await app.stop()
    }
  })

  it.runIf(runtime !== undefined && hasTypes)(
    "is right by the runtime's own types, which refuse what is wrong",
    async () => {
      const file = join(project, `${name}-types.ts`)
      writeFileSync(file, `${code}${pasted.typed}${WRONG}`)
      const [command, args] = pasted.check(file)
      await expect(run(command, args, { cwd: project })).resolves.toBeDefined()
      writeFileSync(file, `${code}${WRONG.replaceAll('// @ts-expect-error', '//')}`)
      await expect(run(command, args, { cwd: project })).rejects.toThrow(/Command failed/)
    },
  )
})
