// The article's application on Express.

import { pipeline } from 'node:stream/promises'
import express from 'express'
import { loadDashboard, placeOrder, showUser, slowly } from './app.mjs'

export const app = express()

app.get('/', (_req, res) => {
  res.type('text').send('Hello World!\n')
})

app.get('/print', (req, res) => {
  console.log('printed with console.log while answering', req.path)
  res.type('text').send('Look at the terminal.\n')
})

app.get('/crash', (_req, res) => {
  res.type('text').send(
    placeOrder([
      { price: 20, currency: 'GBP' },
      { price: 5, currency: 'GBP' },
    ]),
  )
})

app.get('/crash/async', async (_req, res) => {
  res.type('text').send(await loadDashboard('1'))
})

app.get('/slow', async (_req, res) => {
  res.type('text')
  await pipeline(slowly(), res)
})

app.get('/user/:id', (req, res) => {
  res.type('text').send(showUser(req.params.id))
})
