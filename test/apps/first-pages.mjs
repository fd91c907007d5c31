// A request handles many throws of its own before one reaches the page.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

function decode(text) {
  throw new SyntaxError(`not ${text}`)
}
function lookUp(key) {
  throw new RangeError(`no ${key}`)
}
function open(name) {
  throw new TypeError(`closed ${name}`)
}

const attempt = (work) => {
  try {
    return work()
  } catch {
    return undefined
  }
}

const failing = {
  price: (order) => order.item.price.amount,
  stock: (order) => order.item.stock.left,
  buyer: (order) => order.buyer.name.first,
  place: (order) => order.place.street.number,
  card: (order) => order.buyer.card.number.last,
  taxes: (order) => order.taxes.rate.percent,
}

const app = withDebugger(
  (req) => {
    const [, name, handled] = req.url.split('/')
    for (let turn = 0; turn < Number(handled); turn++) {
      attempt(() => decode(turn))
      attempt(() => lookUp(turn))
      attempt(() => open(turn))
    }
    return failing[name]({ item: {}, buyer: {}, place: {} })
  },
  JSON.parse(process.env.DEBUGGER_OPTIONS ?? '{}'),
)

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
