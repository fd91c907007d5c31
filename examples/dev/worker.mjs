// One worker of supervisor.mjs; it knows nothing of the others.

import http from 'node:http'

const server = http.createServer((_req, res) => {
  res.end(`Hello from worker ${process.env.ROCKSOLID_WORKER ?? 1}\n`)
})
server.listen(process.env.PORT ?? 5000, '127.0.0.1', () => {
  console.log(`listening ${server.address().port}`)
})
