/** Takes real values out of a pause: V8 speaks of them by handles, the receiver is how they come into our own heap. */

import type { Evaluate } from './captured.ts'
import type { InspectorSession, Paused, PausedFrame } from './inspector-session.ts'
import { primitiveOf } from './paused-frames.ts'
import { installReceiver, NO_RECEIVER, RECEIVER_PATH, type Receiver } from './receiver.ts'

/** One for a thread; a call during another one is answered by the inner receiver, then the outer holds again. */
export class HandOver {
  #receiver: Receiver = NO_RECEIVER

  install(): void {
    installReceiver(() => this.#receiver)
  }

  /** Runs `run` with a receiver of its own. */
  receive<T>(receiver: Partial<Receiver>, run: () => T): T {
    const outer = this.#receiver
    this.#receiver = { ...NO_RECEIVER, ...receiver }
    try {
      return run()
    } finally {
      this.#receiver = outer
    }
  }

  /** The very object or primitive that was thrown, or that an evaluation gave. */
  thrown(session: InspectorSession, { data }: Pick<Paused, 'data'>): unknown {
    return data?.objectId === undefined ? primitiveOf(data) : this.object(session, data.objectId)
  }

  /** The same, and the objects behind further handles. */
  thrownWith(
    session: InspectorSession,
    { data }: Pick<Paused, 'data'>,
    objectIds: readonly string[],
  ): readonly [thrown: unknown, ...objects: readonly unknown[]] {
    if (data?.objectId === undefined) return [primitiveOf(data), ...this.objects(session, objectIds)]
    const [thrown, ...objects] = this.objects(session, [data.objectId, ...objectIds])
    return [thrown, ...objects]
  }

  /** The object behind a handle. */
  object(session: InspectorSession, objectId: string): unknown {
    return this.objects(session, [objectId])[0]
  }

  /** The objects behind handles, by one command: each costs about 0.2 ms, however many handles it names. */
  objects(session: InspectorSession, objectIds: readonly string[]): readonly unknown[] {
    const [objectId, ...others] = objectIds
    if (objectId === undefined) return []
    let found: readonly unknown[] = []
    const objects = (...values: readonly unknown[]): void => {
      found = values
    }
    this.receive({ objects }, () => {
      session.post('Runtime.callFunctionOn', {
        objectId,
        functionDeclaration: `function () { 'use strict'; ${RECEIVER_PATH}.objects(this, ...arguments) }`,
        arguments: others.map((other) => ({ objectId: other })),
        silent: true,
        returnByValue: true,
      })
    })
    return found
  }

  /**
   * Closures over the scopes of frames; `take` is called inside of each paused function. Frames for which `goesOn` is
   * false are passed over.
   */
  scopes(
    session: InspectorSession,
    frames: readonly (readonly [index: number, frame: PausedFrame])[],
    take: (index: number, evaluate: Evaluate) => void,
    goesOn: (index: number) => boolean = () => true,
  ): void {
    this.receive({ frame: take }, () => {
      for (const [index, frame] of frames) {
        if (!goesOn(index)) continue
        session.post('Debugger.evaluateOnCallFrame', {
          callFrameId: frame.callFrameId,
          expression: `${RECEIVER_PATH}.frame(${index}, ($rs) => eval($rs.code))`,
          silent: true,
          returnByValue: true,
        })
      }
    })
  }
}
