// A throw below many functions of a package whose file is as large as a bundle; LARGE_PACKAGE is its path.
import http from 'node:http'
import { createRequire } from 'node:module'
import { withDebugger } from 'rocksolid/debugger'

const { through } = createRequire(import.meta.url)(process.env.LARGE_PACKAGE)

function fail(order) {
  return order.item.price
}

const app = withDebugger((_req) => through(() => fail({})))

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
