import http from 'node:http'
import connect from 'connect'
import { handler } from './http.mjs'
import * as work from './work.mjs'

const app = connect()
app.use((_req, _res, next) => next())
app.use(work.compress(work.OUTSIDE))
app.use(work.compress(work.INSIDE))
app.use('/next', (req, _res, next) => next(work.unthrown(work.idOf(req.originalUrl))))
app.use((req, res) => handler(req, res))

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
