/** A small shop that fails in the ways real applications do; the report's tests and the gallery use it. */

import express from 'express'
import { findUser } from './users.mjs'

const prices = new Map([
  ['tea', 4.5],
  ['mug', 12],
])

/** Total of a basket; fails for goods without a price. */
export function totalOf(basket) {
  return basket.items.reduce((sum, item) => {
    const price = prices.get(item.name)
    return sum + price.toFixed(2) * item.count
  }, 0)
}

export async function checkout(userId, basket) {
  const user = await findUser(userId)
  try {
    return { user, total: totalOf(basket) }
  } catch (error) {
    throw new CheckoutError(`Order of ${user.name} could not be priced`, { cause: error, basket })
  }
}

export class CheckoutError extends Error {
  constructor(message, { cause, basket }) {
    super(message, { cause })
    this.basket = basket
    this.status = 422
  }
}

export function depth(n) {
  if (n === 0) throw new RangeError('The ground is reached')
  return depth(n - 1)
}

/** An Express application whose error handler hands everything to `onError(error, req)`. */
export function shop(onError) {
  const app = express()
  app.get('/checkout/:user', async (req, res) => {
    res.json(await checkout(Number(req.params.user), { items: [{ name: 'hat', count: 2 }] }))
  })
  app.get('/crash', () => {
    depth(12)
  })
  app.use((error, req, res, _next) => {
    onError(error, req)
    res.status(error.status ?? 500).end()
  })
  return app
}
