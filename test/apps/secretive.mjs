// Fails with secrets in everything an error, a request and a process can carry. Those in JSON come from SECRETS.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'
import { withLogging } from 'rocksolid/logger'

const { shapes, word: password } = JSON.parse(process.env.SECRETS)

class PaymentError extends Error {}

function charge(req, shape) {
  // A literal in the source: sk_live_4eC39HqLyjWDSOURCEtT1zdp7dc
  const key = `-----BEGIN PRIVATE KEY-----
MIIEvSOURCEKEYLINEQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7
-----END PRIVATE KEY-----`
  const config = {
    password: password,
    apiKey: password,
    nested: { dbPassword: password, deeper: { client_secret: password } },
  }
  const harmless = { note: shape, list: [shape], map: new Map([[shape, shape]]), [`by ${shape}`]: 1 }
  const error = new PaymentError(
    `charging with ${shape} failed: password=${password}&x=1 {"token":"${password}"}`,
    {
      cause: Object.assign(new Error(shape), { authorization: password, detail: harmless }),
    },
  )
  Object.assign(error, {
    config,
    harmless,
    headers: req.headers,
    session: { id: password },
    code: `E ${shape}`,
  })
  error.name = `PaymentError ${shape}`
  console.log('printed', shape, `password=${password}`)
  console.error({ password })
  console.error(`Authorization: ${password}`)
  Object.defineProperty(charge, 'name', { value: `charge ${shape}` })
  if (key && config && harmless) throw error
}

const app = withDebugger((req) => {
  const number = Number(/\/fail\/(\d+)/.exec(req.url)?.[1] ?? 0)
  if (req.url.startsWith('/string')) throw `thrown ${shapes[0]} password=${password}`
  charge(req, shapes[number])
})
const logged = withLogging(app, { toFile: process.env.LOG_FILE, toStream: false, toPrint: true })
http.createServer(logged).listen(Number(process.env.PORT), 'localhost', function () {
  process.stdout.write(`listening ${this.address().port}\n`)
})
