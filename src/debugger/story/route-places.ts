/** Where the route of a failed request was registered and its handler written, for the report. */

import { readOwn, readString, readValue } from '../../core/read.ts'
import { shortPath } from '../../core/short-path.ts'
import { notedHandler, notedRoute } from '../../http/route.ts'
import type { CodePosition } from '../capture/captured.ts'
import type { ScriptMaps } from '../capture/script-maps.ts'
import { positionOf } from './layers.ts'
import { findRegistration } from './route-registration.ts'

/** What finds the place of a function. */
export interface FunctionPlaces {
  placeOf(target: object): CodePosition | undefined
  readonly maps: ScriptMaps
}

/** What is known of a route; places are `src/app.ts:12:4`. */
export interface RoutePlaces {
  readonly route: string | undefined
  readonly registered: string | undefined
  readonly handler: string | undefined
}

/** The places for a request, as they were written where a map leads there. */
export async function routePlaces(
  req: { readonly method?: string | undefined },
  places: FunctionPlaces,
): Promise<RoutePlaces> {
  const { maps } = places
  const position = positionOf(req)
  const express = readOwn(req, 'route')
  const ownRoute = express.found === 'value' ? express.value : undefined
  const path = readString(ownRoute, 'path') ?? notedRoute(req)
  const handler = position?.handler ?? notedHandler(req) ?? lastHandler(ownRoute)
  const written = handler === undefined ? undefined : places.placeOf(handler)
  const registered =
    path === undefined ? undefined : findRegistration(req.method ?? 'GET', path, written, maps.scripts)
  const shown = async (place: CodePosition | undefined): Promise<string | undefined> => {
    if (place === undefined) return undefined
    const { file, line, column } = (await maps.toOriginal(place)) ?? place
    return `${shortPath(file, process.cwd())}:${line}:${column}`
  }
  return {
    route: path === undefined ? undefined : `${position?.base ?? ''}${path}`,
    registered: await shown(registered),
    handler: await shown(written),
  }
}

/** Of a route of Express that told nobody of its layers: what stands last is what answers. */
function lastHandler(route: unknown): object | undefined {
  const stack = readValue(route, 'stack')
  const handle = Array.isArray(stack) ? readValue(stack.at(-1), 'handle') : undefined
  return typeof handle === 'function' ? handle : undefined
}
