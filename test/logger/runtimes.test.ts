import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RUNTIMES } from '../support/runtimes.ts'
import { numbersIn, runChild, upTo } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

describe.each(RUNTIMES)('on %s', (name, node) => {
  const key = name.replace(/\W/g, '')

  it.each([
    'process.exit(0)',
    'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 9000)',
    'throw new Error("x")',
  ])('nothing is lost by %s', async (end) => {
    const path = at(`${key}-${end.length}.log`)
    await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0])] })
         for (let n = 0; n < 5000; n++) log.info('line', { n })
         ${end}`,
      { args: [path], node },
    )
    expect(numbersIn(path).filter((n) => n !== undefined)).toEqual(upTo(5000))
  })

  it('prints, awaits and events of a request belong to it', async () => {
    const path = at(`${key}-request.log`)
    await runChild(
      `import http from 'node:http'
       const logged = rocksolid.withLogging((req, res) => {
         req.on('end', () => { console.log('printed'); setTimeout(() => { req.log.info('late'); res.end('x') }, 5) }).resume()
       }, { toFile: args[0], format: 'json', toPrint: true })
       http.createServer(logged).listen(0, async function () {
         await fetch('http://127.0.0.1:' + this.address().port + '/who', { method: 'POST', body: 'x'.repeat(100000) }).then((r) => r.text())
         process.exit()
       })`,
      { args: [path], node },
    )
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
    const records = lines.map((line) => JSON.parse(line) as { msg: string; url: string })
    expect(records.map(({ msg, url }) => [msg, url])).toEqual([
      ['printed', '/who'],
      ['late', '/who'],
    ])
  })

  it('rotated files are packed with what the runtime has', async () => {
    const path = at(`${key}-zstd/app.log`)
    const result = await runChild(
      `try {
         const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0], { rotate: 20000, compress: 'zstd' })] })
         for (let n = 0; n < 500; n++) log.info('line', { n })
         const folder = args[0].replace(/\\/[^/]*$/, "")
         for (let wait = 0; wait < 100 && fs.readdirSync(folder).filter((name) => name.endsWith('.zst')).length < 1; wait++)
           await new Promise((resolve) => setTimeout(resolve, 100))
         await log.close()
         const zlib = await import('node:zlib')
         const text = fs.readdirSync(folder).map((name) => {
           const bytes = fs.readFileSync(folder + '/' + name)
           return String(name.endsWith('.zst') ? zlib.zstdDecompressSync(bytes) : bytes)
         }).join('')
         console.log(text.split('\\n').length - 1)
       } catch (error) { console.log(error.message) }`,
      { args: [path], node },
    )
    expect(result.stdout).toMatch(/^500\n$|Allowed: "gzip" or false; "zstd" needs Node 22\.15 or newer\.\n$/)
  })
})
