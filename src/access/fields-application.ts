/** Fields of what the application and its framework made of the request. */

import type { Exchange } from '../http/exchange.ts'
import { notedRoute } from '../http/route.ts'
import { type Field, simple } from './field.ts'
import { note } from './request-parts.ts'

/** What Express puts on a request. */
interface RoutedRequest {
  readonly baseUrl?: string
  readonly route?: { readonly path?: unknown; readonly stack?: readonly { readonly name?: string }[] }
}

/** The pattern of the route that answered, of Express with the path its router is mounted at; low in cardinality. */
export function routeOf({ req }: Exchange): string | undefined {
  const noted = notedRoute(req)
  if (noted !== undefined) return noted
  const { route, baseUrl = '' } = req as RoutedRequest
  if (route?.path === undefined) return undefined
  const path = [route.path].flat().map(String).join('|')
  return path === '/' && baseUrl !== '' ? baseUrl : baseUrl + path
}

export const APPLICATION_FIELDS: readonly Field[] = [
  simple(
    'route',
    'Pattern of the route that answered, such as `/user/:id`; of Express, and of Koa, Fastify, hapi, Hono and h3 through their adapters.',
    routeOf,
  ),
  simple(
    'handler',
    'Name of the function of the Express route that answered.',
    ({ req }) => (req as RoutedRequest).route?.stack?.at(-1)?.name || undefined,
  ),
  simple(
    'base-url',
    'Path at which the router that answered is mounted (`req.baseUrl`).',
    ({ req }) => (req as RoutedRequest).baseUrl ?? '',
  ),
  {
    name: 'note',
    about: 'A text, number or truth value that the application has put on `res.locals`.',
    argument: { about: 'name of the property', required: true },
    bind:
      (argument = '') =>
      ({ res }) =>
        note((res as { locals?: unknown }).locals, argument),
  },
  {
    name: 'env',
    about: "A variable of the process's environment, read at start.",
    argument: { about: 'name of the variable', required: true },
    bind: (argument = '') => {
      const value = process.env[argument]
      return () => value
    },
  },
  simple('filename', "The program's main file.", () => process.argv[1]),
]
