/** A server that fails once: prints which files that has loaded, and how large the page was. */

import { createServer, get } from 'node:http'
import { Session } from 'node:inspector'
import { gzipSync } from 'node:zlib'
import { withDebugger } from 'rocksolid/debugger'

const load = () => {
  throw new TypeError('not there')
}

function handle(req, res) {
  if (req.url === '/well') return res.end('well')
  try {
    load()
  } catch (cause) {
    throw new Error('The page could not be drawn', { cause })
  }
}

const loaded = []
const session = new Session()
session.connect()
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  if (url.startsWith('file:') || url.startsWith('/')) loaded.push(url)
})
const server = createServer(withDebugger(handle, { evalex: false, terminal: false }))
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  await ask(port, '/well')
  session.post('Debugger.enable')
  loaded.length = 0
  await ask(port, '/well')
  const before = loaded.splice(0)
  const page = await ask(port, '/fail')
  console.log(
    JSON.stringify({ before, files: loaded, bytes: page.length, gzip: gzipSync(page).length, page }),
  )
  process.exit()
})

function ask(port, path) {
  const headers = { host: `localhost:${port}`, accept: 'text/html', 'sec-fetch-dest': 'document' }
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, async (res) => {
      const chunks = []
      for await (const chunk of res) chunks.push(chunk)
      resolve(Buffer.concat(chunks).toString())
    }).on('error', reject)
  })
}
