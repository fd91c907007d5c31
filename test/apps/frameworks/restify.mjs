import restify from 'restify'
import { handler } from './http.mjs'
import * as work from './work.mjs'

const server = restify.createServer()
const gzip = restify.plugins.gzipResponse()
server.use((req, res, next) => (req.headers['x-compress'] ? gzip(req, res, next) : next()))
server.get('/next', (req, _res, next) => next(work.unthrown(work.idOf(req.url))))
server.get('/*', (req, res, _next) => void handler(req, res))
server.post('/*', (req, res, _next) => void handler(req, res))

server.listen(Number(process.env.PORT), 'localhost', () => work.ready(server.server))
