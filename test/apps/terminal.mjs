// Fails under a debugger whose terminal is a stand-in; what was written to it is the answer of /written.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

let written = ''
const settings = JSON.parse(process.env.TERMINAL ?? '{}')
const terminal = {
  ...settings,
  write: (text) => {
    written += text
  },
}
const prices = new Map([['hat', { net: 20 }]])
function total(basket) {
  const factor = 1.25
  return basket.reduce(
    (sum, item) => sum + prices.get(item.name).net * item.count * factor * 1 * 1 * 1 * 1 * 1 * 1 * 1,
    0,
  )
}
const app = withDebugger(
  (req, res) => {
    if (req.url === '/written') return res.end(written)
    try {
      res.end(
        String(
          total([
            { name: 'hat', count: 1 },
            { name: 'cap', count: 2 },
          ]),
        ),
      )
    } catch (cause) {
      throw new Error('The basket has no price', { cause })
    }
  },
  {
    terminal,
    paths: { [import.meta.dirname]: '/home/me/shop' },
    ...JSON.parse(process.env.DEBUGGER_OPTIONS ?? '{}'),
  },
)
http.createServer(app).listen(0, 'localhost', function () {
  console.log(`listening ${this.address().port}`)
})
