import http from 'node:http'
import connect from 'connect'
import { createServer } from 'vite'
import * as work from './work.mjs'

const vite = await createServer({
  root: import.meta.dirname,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
})

const app = connect()
app.use(work.compress(work.OUTSIDE))
app.use(vite.middlewares)
app.use(work.compress(work.INSIDE))
app.use(async (req, res, next) => {
  try {
    const { handler } = await vite.ssrLoadModule('/http.mjs')
    await handler(req, res)
  } catch (error) {
    if (error instanceof Error) vite.ssrFixStacktrace(error)
    next(error)
  }
})

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
