/**
 * What the variables of a frame held at the throw. V8 has copied them out for the pause anyway; taking these copies
 * over, those of all frames at once, costs a twentieth of evaluating each name later. They are let go when the report
 * is made: what lives on is the frame's real scope.
 */

import type { PausedFrame } from './inspector-session.ts'

/** Application frames whose variables are taken over, the nearest. */
export const MAX_WITH_VARIABLES = 10

/** A copy that V8 has made of a scope; a frame's `this` as a scope of its own. */
interface CopiedScope {
  readonly type: string
  readonly object: unknown
}

/** Handles of a frame's copies, in the order in which names are looked up. */
export interface ScopeHandle {
  /** Index of the frame. */
  readonly frame: number
  readonly type: string
  readonly objectId: string
}

/** Scopes of the frame's own call. */
const OWN: ReadonlySet<string> = new Set(['local', 'block', 'catch'])

export class FrameVariables {
  #scopes: readonly CopiedScope[]

  constructor(scopes: readonly CopiedScope[]) {
    this.#scopes = scopes
  }

  /** What a name held; undefined when that is not known here. Runs no code. */
  lookUp(name: string): { readonly value: unknown } | undefined {
    if (name === 'this') {
      const self = this.#scopes.find(({ type }) => type === 'this')
      return self && { value: self.object }
    }
    for (const { object } of this.#scopes) {
      const own = ownProperty(object, name)
      if (own !== undefined) return 'value' in own ? { value: own.value } : undefined
    }
    return undefined
  }

  /** What the call's own variables held. */
  own(): readonly unknown[] {
    const copies = this.#scopes.filter(({ type }) => OWN.has(type)).map(({ object }) => object)
    return copies.flatMap((copy) =>
      Object.values(Object.getOwnPropertyDescriptors(copy)).map(({ value }): unknown => value),
    )
  }

  release(): void {
    this.#scopes = []
  }
}

/** The copies of the frames at these indexes; of the global scope there is none. */
export function scopeHandles(frames: readonly PausedFrame[], indexes: readonly number[]): ScopeHandle[] {
  return indexes.flatMap((frame) => {
    const { this: self, scopeChain = [] } = frames[frame] ?? {}
    const all = [{ type: 'this', object: self }, ...scopeChain.filter(({ type }) => type !== 'global')]
    return all.flatMap(({ type, object }) =>
      object?.objectId === undefined ? [] : [{ frame, type, objectId: object.objectId }],
    )
  })
}

/** By frame, what stood behind the handles. */
export function variablesOf(
  handles: readonly ScopeHandle[],
  objects: readonly unknown[],
): ReadonlyMap<number, FrameVariables> {
  const scopes = new Map<number, CopiedScope[]>()
  handles.forEach(({ frame, type }, index) => {
    const known = scopes.get(frame) ?? []
    known.push({ type, object: objects[index] })
    scopes.set(frame, known)
  })
  return new Map([...scopes].map(([frame, copies]) => [frame, new FrameVariables(copies)]))
}

function ownProperty(object: unknown, name: string): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(object, name)
  } catch {
    // A variable whose declaration has not been reached, in some versions.
    return undefined
  }
}
