/** Users, kept in a store that is sometimes away. */

const users = new Map([[1, { id: 1, name: 'Ann', password: 'hunter2' }]])

export async function findUser(id) {
  await connect(id)
  const user = users.get(id)
  if (user === undefined) throw new TypeError(`No such user: ${id}`)
  return user
}

async function connect(id) {
  await new Promise((resolve) => setImmediate(resolve))
  if (id !== 503) return
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
    errno: -111,
    syscall: 'connect',
    address: '127.0.0.1',
    port: 5432,
  })
  refused.stack = `Error: ${refused.message}\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)`
  throw new Error('The user store is away', { cause: refused })
}
