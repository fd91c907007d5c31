/** Finds the routes that somebody may have meant who asked for one that is not there. */

import { nearest } from '../core/nearest.ts'

const MAX_NEAR = 3

/** Of `routes` (`GET /users/:id`) those near to the method and path asked for, the nearest first; three at most. */
export function nearRoutes(method: string, path: string, routes: readonly string[]): readonly string[] {
  const scored = routes.slice(0, 500).map((route) => ({ route, distance: distance(method, path, route) }))
  return scored
    .filter((one) => one.distance < FAR)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NEAR)
    .map(({ route }) => route)
}

const FAR = 3

/** Half for another method, one for each part that is spelled otherwise, missing or too many. */
function distance(method: string, path: string, route: string): number {
  const [routeMethod = '', routePath = ''] = route.split(' ', 2)
  const isOther =
    routeMethod !== method && routeMethod !== 'ALL' && !(method === 'HEAD' && routeMethod === 'GET')
  const asked = partsOf(path)
  const there = partsOf(routePath)
  let sum = (isOther ? 0.5 : 0) + Math.abs(asked.length - there.length)
  let shared = 0
  for (let index = 0; index < Math.min(asked.length, there.length); index++) {
    const [one = '', other = ''] = [asked[index], there[index]]
    if (/^[:*{]/.test(other)) continue
    if (one === other) shared++
    else if (nearest(one, [other]) === undefined) return FAR
    else {
      shared++
      sum++
    }
  }
  // Nothing but parameters is near to everything.
  return shared === 0 && asked.length + there.length > 0 ? FAR : sum
}

const partsOf = (path: string): readonly string[] =>
  path
    .slice(0, 500)
    .split('/')
    .filter((part) => part !== '')
    .slice(0, 20)
