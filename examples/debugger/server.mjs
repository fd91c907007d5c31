// The debugger around a plain handler. Open http://localhost:5000/ and click the link in the terminal to unlock.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

function area({ width, height }) {
  if (!(height > 0)) throw new RangeError(`a height of ${height} has no area`)
  return width * height
}

const app = withDebugger((_req, res) => {
  const room = { width: 3, height: 0 }
  res.end(`The room has ${area(room)} m²\n`)
})

http.createServer(app).listen(Number(process.env.PORT ?? 5000), 'localhost', function () {
  console.log('listening', this.address().port)
})
