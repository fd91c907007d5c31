/** One function for each fault that a hint knows from the code itself. */

export function misspelt() {
  const customer = { name: 'Ann' }
  return custmer.name + customer.name
}

export function notIn() {
  return 'x' in 'text'
}

export function memberOfUndefined() {
  const user = [].find((one) => one.id === 1)
  return user.name.length
}

export function deepMember() {
  const order = { customer: null }
  return order.customer.address
}

export function notFunction() {
  const basket = { total: 5 }
  return basket.total()
}

export function notArray() {
  const items = { tea: 1 }
  return items.map((item) => item)
}

export function tooEarly() {
  // biome-ignore lint/correctness/noInvalidUseBeforeDeclaration: the fault itself
  const now = later
  const later = 1
  return now
}

export function constant() {
  const count = 0
  // biome-ignore lint/correctness/noConstAssign: the fault itself
  count += 1
  return count
}

export function notIterable() {
  const prices = { tea: 1 }
  return [...prices]
}

export function notConstructor() {
  const Shop = () => {}
  return new Shop()
}

class Basket {
  #items = []
  static peek(basket) {
    return basket.#items
  }
}

export function withoutNew() {
  return Basket()
}

export function foreignPrivate() {
  return Basket.peek({})
}

export function frozen() {
  const settings = Object.freeze({ debug: false })
  settings.debug = true
}

export function noBody() {
  const req = {}
  return req.body.name
}

export function noEnvironment() {
  return process.env.SHOP_TOKEN_OF_NOWHERE.length
}

export function answersTwice() {
  const res = new FakeResponse()
  res.send('first')
  res.send('second')
}

class FakeResponse {
  #sent = false
  send() {
    if (!this.#sent) this.#sent = true
    else throw headersSent()
  }
}

function headersSent() {
  const error = new Error('Cannot set headers after they are sent to the client')
  error.code = 'ERR_HTTP_HEADERS_SENT'
  Error.captureStackTrace(error, FakeResponse.prototype.send)
  return error
}

export function endless() {
  return endless() + 1
}

export function memberOfAnswer() {
  const prices = new Map([['hat', { net: 20 }]])
  return ['cap'].map((name) => 1 + prices.get(name.trim()).net)
}

// biome-ignore format: all of it on one line is the point
export function oneLine() { const key = 'a;b', found = new Map([[key, 'x,y)']]).get('none'); return found.length }
