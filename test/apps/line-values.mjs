// Failing lines whose names stand in every kind of scope.

import http from 'node:http'
import { basename } from 'node:path'
import { withDebugger } from 'rocksolid/debugger'

const rates = { vat: 19 }
const shadowed = 'of the module'

class Cart {
  items = ['tea']
  total(discount) {
    return missing(this.items, discount)
  }
}

const routes = {
  '/module': () => rates.vat.percent.value,
  '/closure': () => {
    const customer = { name: 'Ada' }
    return [1].map((amount) => customer.name.first.letter + amount)
  },
  '/block': () => {
    const shadowed = 'of the call'
    for (const step of [1]) {
      const shadowed = 'of the block'
      JSON.parse(shadowed + step)
    }
    return shadowed
  },
  '/this': () => new Cart().total(5),
  '/undefined': (order) => order.price,
  '/import': () => basename(rates.vat),
  '/async': async () => {
    const waited = await Promise.resolve('done')
    throw new RangeError(waited)
  },
}

const app = withDebugger((req) => routes[req.url](), {})
http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port, shadowed.length)
})
