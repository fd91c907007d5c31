// The debugger as the last middleware of an Express app.
import express from 'express'
import { debugErrors } from 'rocksolid/debugger'

const app = express()

app.get('/user/:id', (req, res) => {
  const user = new Map([['1', { name: 'Ada' }]]).get(req.params.id)
  res.send(`Hello ${user.name}`)
})

app.use(debugErrors())

app.listen(Number(process.env.PORT ?? 5000), 'localhost', function () {
  console.log('listening', this.address().port)
})
