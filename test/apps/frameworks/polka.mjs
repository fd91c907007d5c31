import polka from 'polka'
import { handler } from './http.mjs'
import * as work from './work.mjs'

const app = polka()
app.use((_req, _res, next) => next())
app.use(work.compress(work.OUTSIDE))
app.use(work.compress(work.INSIDE))
app.get('/next', (req, _res, next) => next(work.unthrown(work.idOf(req.url))))
app.get('/*', (req, res) => handler(req, res))
app.post('/*', (req, res) => handler(req, res))

app.listen({ port: Number(process.env.PORT), host: 'localhost' }, () => work.ready(app.server))
