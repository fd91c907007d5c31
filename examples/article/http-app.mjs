// The article's application on a bare request handler.

import { pipeline } from 'node:stream/promises'
import { loadDashboard, NotFound, placeOrder, showUser, slowly } from './app.mjs'

export async function app(req, res) {
  const path = new URL(req.url, 'http://localhost').pathname
  if (path === '/') return text(res, 'Hello World!\n')
  if (path === '/print') {
    console.log('printed with console.log while answering', path)
    return text(res, 'Look at the terminal.\n')
  }
  if (path === '/crash')
    return text(
      res,
      placeOrder([
        { price: 20, currency: 'GBP' },
        { price: 5, currency: 'GBP' },
      ]),
    )
  if (path === '/crash/async') return text(res, await loadDashboard('1'))
  if (path === '/slow') {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8')
    return pipeline(slowly(), res)
  }
  if (path.startsWith('/user/')) return text(res, showUser(path.slice('/user/'.length)))
  throw new NotFound(`Nothing is at ${path}`)
}

function text(res, body) {
  res.setHeader('Content-Type', 'text/plain; charset=utf-8')
  res.end(body)
}
