import Koa from 'koa'
import koaCompress from 'koa-compress'
import * as work from './work.mjs'

const app = new Koa()
const gzip = koaCompress({ threshold: 0, br: false, filter: () => true })
const compress = (place) => (ctx, next) =>
  work.wantsCompression(ctx.headers, place) ? gzip(ctx, next) : next()

app.use(compress(work.OUTSIDE))
const adapter = await work.adapterOf('koa')
if (adapter) app.use(adapter.rocksolid(adapter.options))
app.use(compress(work.INSIDE))

app.use((ctx, next) => {
  const id = work.idOf(ctx.url)
  const fail = work.THROWS[ctx.path]
  if (fail !== undefined) return fail(id)
  const late = work.LATE[ctx.path]
  if (late !== undefined) {
    ctx.respond = false
    return late(id)
  }
  return next()
})
app.use(async (ctx) => {
  const id = work.idOf(ctx.url)
  switch (ctx.path) {
    case '/ok':
      console.log(`printed by ${id}`)
      ctx.body = 'ok'
      return
    case '/next':
      return ctx.throw(work.unthrown(id))
    case '/own503':
      try {
        await work.later(id)
      } catch {
        work.decoys(id)
        ctx.status = 503
        ctx.body = work.SORRY
      }
      return
    case '/own500':
      ctx.status = 500
      ctx.body = work.SORRY
      return
    case '/after':
      ctx.respond = false
      ctx.res.write('begun ')
      setTimeout(() => work.sync(id), 50)
      return
    case '/stream':
      ctx.body = work.brokenStream(id)
      return
    case '/big':
      ctx.body = work.bigStream()
      return
    case '/events':
      ctx.type = 'text/event-stream'
      ctx.body = work.eventStream(id)
      return
    default:
  }
})

app.listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
