/** Errors as real applications make them, each with its request; for tests and the gallery. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A failure and the request it happened in. */
export interface TypicalError {
  readonly error: unknown
  readonly req: IncomingMessage | undefined
}

type Shop = (
  onError: (error: unknown, req: IncomingMessage) => void,
) => (req: IncomingMessage, res: import('node:http').ServerResponse) => void

interface ShopModule {
  readonly shop: Shop
  readonly checkout: (user: number, basket: unknown) => Promise<unknown>
}

async function loadShop(): Promise<ShopModule> {
  return (await import(new URL('./shop/shop.mjs', import.meta.url).href)) as ShopModule
}

/** What the shop's error handler gets for a GET of `path`. */
export async function failureOf(path: string): Promise<TypicalError> {
  const { shop } = await loadShop()
  const failures: TypicalError[] = []
  const server = createServer(shop((error, req) => failures.push({ error, req })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = {
    accept: 'text/html',
    authorization: 'Bearer abcdefgh12345678',
    cookie: 'sid=s3cr3t; theme=dark',
    'user-agent': 'gallery',
  }
  const sent = request({ port, path, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  server.close()
  return failures[0] ?? { error: new Error('the shop did not fail'), req: undefined }
}

/** What a function throws. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** The failures by name, made anew. */
export async function typicalErrors(): Promise<Readonly<Record<string, TypicalError>>> {
  const { checkout } = await loadShop()
  const alone = (error: unknown): TypicalError => ({ error, req: undefined })
  const members = await Promise.all([
    thrownBy(() => checkout(2, { items: [] })),
    thrownBy(() => checkout(1, { items: [{ name: 'hat', count: 1 }] })),
  ])
  const colored =
    '\x1b[1m\x1b[31mBuild failed\x1b[39m\x1b[22m\n\n  \x1b[36msrc/app.ts\x1b[0m:\x1b[33m12\x1b[0m \x1b[38;5;82mok\x1b[0m'
  return {
    'type-error-with-cause': await failureOf('/checkout/1?card=4111&token=abcdef'),
    'store-away': await failureOf('/checkout/503'),
    'no-such-user': await failureOf('/checkout/7'),
    recursion: await failureOf('/crash'),
    aggregate: alone(new AggregateError([...members, 'a string'], 'All suppliers failed')),
    'terminal-colours': alone(new Error(colored)),
    'long-message': alone(
      new Error(Array.from({ length: 60 }, (_, n) => `line ${n} of a long report`).join('\n')),
    ),
    'json-parse': alone(await thrownBy(() => JSON.parse('{"name": "Ann", "age": }'))),
    'not-found-module': alone(await thrownBy(() => import('./shop/userz.mjs' as string))),
    'stack-overflow': alone(await thrownBy(overflow)),
    'thrown-string': alone('just a string'),
  }
}

function overflow(): unknown {
  return [overflow()].length
}
