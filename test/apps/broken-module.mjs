// Imports the module named by a request: /?/path/to/module.mjs
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

const app = async (req, res) => res.end(String(Object.keys(await import(req.url.slice(2)))))
const server = http.createServer(withDebugger(app)).listen(0, () => {
  console.log(`listening ${server.address().port}`)
})
