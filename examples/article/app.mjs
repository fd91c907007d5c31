// The application of the demo: no framework, nothing of rocksolid. The same functions serve both servers.

export class NotFound extends Error {
  status = 404
}

class Users {
  #rows = new Map([
    ['1', { id: 1, name: 'Ada', visits: 36 }],
    ['2', { id: 2, name: 'Grace', visits: 79 }],
  ])

  find(id) {
    const user = this.#rows.get(id)
    return user
  }
}

const users = new Users()

export function showUser(id) {
  if (!/^\d+$/.test(id)) throw new NotFound(`There is no user called ${JSON.stringify(id)}`)
  const user = users.find(id)
  const greeting = `Hello ${user.name}`
  return `${greeting}, visit number ${user.visits + 1}\n`
}

// Three calls deep, with a cause.
export function placeOrder(basket) {
  const tax = 0.25
  return checkout(basket, (net) => net * (1 + tax))
}

function checkout(basket, withTax) {
  const total = withTax(basket.reduce((sum, item) => sum + item.price, 0))
  try {
    return pay({ total, currency: basket[0].currency })
  } catch (cause) {
    throw new Error(`The order of ${basket.length} items was not placed`, { cause })
  }
}

function pay(bill) {
  const card = { holder: 'Ada Lovelace', number: '4111 1111 1111 1111' }
  const receipt = bank[bill.currency].charge(card, bill.total)
  return receipt.id
}

const bank = { EUR: { charge: (_card, total) => ({ id: `EUR-${total}` }) } }

// Three awaits deep.
export async function loadDashboard(userId) {
  const widgets = await loadWidgets(userId)
  return widgets.join(', ')
}

async function loadWidgets(userId) {
  const names = ['weather', 'news']
  return await Promise.all(names.map((name) => loadWidget(name, userId)))
}

async function loadWidget(name, userId) {
  await pause(5)
  const settings = name === 'news' ? undefined : { city: 'London' }
  return `${name} of user ${userId} for ${settings.city}`
}

export async function* slowly() {
  for (const word of ['Rock', ' solid', ', one piece', ' at a time.\n']) {
    await pause(300)
    yield word
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
