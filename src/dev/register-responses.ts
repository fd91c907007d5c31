/**
 * Looks at each response with a status of 500 or more before it leaves, on the prototypes of Node's responses, and
 * can hold it: then it looks sent to whoever wrote it, while nothing has been. What is held is either sent on
 * unchanged, or dropped and answered with the error's page.
 */

import { ServerResponse } from 'node:http'
import { Http2ServerResponse } from 'node:http2'
import { exchangeOf } from '../http/exchange.ts'
import { holdResponse, isOwnAnswer } from '../http/held-responses.ts'
import { decodedBody } from './register-decoded-body.ts'

/** What becomes of a response. */
export type Verdict =
  | { readonly do: 'pass' }
  /** Drops what is written and calls `answer`, which must end the response. */
  | { readonly do: 'replace'; readonly answer: () => void }
  /** Waits for the whole body, if it comes soon, and asks again. */
  | { readonly do: 'read'; readonly decide: (body: string) => Verdict }

/** Decides about responses. */
export interface Judge {
  /** Whether a response that is about to begin is to be judged; asked for each. */
  readonly concerns: (res: ServerResponse, status: number) => boolean
  /** Asked once for such a response. */
  readonly judge: (res: ServerResponse, status: number) => Verdict
}

const METHODS = ['writeHead', 'flushHeaders', 'write', 'end'] as const
type Method = (typeof METHODS)[number]
// biome-ignore lint/suspicious/noExplicitAny: methods of Node's responses and those of HTTP/2, with all their overloads
type Methods = Record<Method, (this: any, ...args: any[]) => any>

/** A response that is being held. */
interface Held {
  readonly decide: ((body: string) => Verdict) | undefined
  /** What was called, to be done or dropped. */
  calls: (readonly [method: Method, args: readonly unknown[]])[]
  size: number
  ended: boolean
}

/** Bytes of a body that are read to decide; error answers of frameworks are far smaller. */
const MAX_READ = 64 * 1024

/** How long their body may take; what compresses it works in other threads. */
const READ_MS = 250

const PASS: Verdict = { do: 'pass' }

/** @returns takes the methods out again, where nobody has wrapped them meanwhile */
export function hookResponses(judge: Judge): () => void {
  const undo = [ServerResponse.prototype, Http2ServerResponse.prototype].map((prototype) =>
    new ResponseHook(prototype as unknown as Methods, judge).install(),
  )
  return () => {
    for (const one of undo) one()
  }
}

class ResponseHook {
  readonly #prototype: Methods
  readonly #original: Methods
  readonly #judge: Judge
  readonly #held = new WeakMap<object, Held>()
  readonly #judged = new WeakSet<object>()
  readonly #replaced = new WeakSet<object>()
  #isOn = true

  constructor(prototype: Methods, judge: Judge) {
    this.#prototype = prototype
    const { writeHead, flushHeaders, write, end } = prototype
    this.#original = { writeHead, flushHeaders, write, end }
    this.#judge = judge
  }

  install(): () => void {
    const hook = this
    const patched: Methods = {
      writeHead(this: ServerResponse, ...args: unknown[]) {
        return hook.#call(this, 'writeHead', args, args[0])
      },
      flushHeaders(this: ServerResponse, ...args: unknown[]) {
        return hook.#call(this, 'flushHeaders', args, this.statusCode)
      },
      write(this: ServerResponse, ...args: unknown[]) {
        return hook.#call(this, 'write', args, this.statusCode)
      },
      end(this: ServerResponse, ...args: unknown[]) {
        return hook.#call(this, 'end', args, this.statusCode)
      },
    }
    Object.assign(this.#prototype, patched)
    return () => {
      this.#isOn = false
      for (const name of METHODS)
        if (this.#prototype[name] === patched[name]) this.#prototype[name] = this.#original[name]
    }
  }

  #call(res: ServerResponse, method: Method, args: unknown[], status: unknown): unknown {
    const held = this.#held.get(res)
    if (held !== undefined) return this.#whileHeld(res, held, method, args)
    // What the framework still writes after its answer was replaced and sent.
    if (this.#replaced.has(res) && res.writableEnded) return swallow(res, method, args)
    const isBegun = typeof status !== 'number' || status < 400 || res.headersSent || this.#judged.has(res)
    if (isBegun || !this.#isOn || isOwnAnswer(res) || !this.#judge.concerns(res, status))
      return this.#original[method].apply(res, args)
    this.#judged.add(res)
    const verdict = guarded(() => this.#judge.judge(res, status))
    if (verdict.do === 'pass') return this.#original[method].apply(res, args)
    return this.#hold(res, verdict, method, args)
  }

  #hold(res: ServerResponse, verdict: Verdict, method: Method, args: unknown[]): unknown {
    const decide = verdict.do === 'read' ? verdict.decide : undefined
    const held: Held = { decide, calls: [], size: 0, ended: false }
    this.#held.set(res, held)
    shadow(res, 'headersSent', true)
    hideHead(res)
    const result = this.#whileHeld(res, held, method, args)
    if (verdict.do === 'replace') this.#replace(res, verdict.answer)
    else if (this.#held.get(res) === held) setTimeout(() => this.#giveUpReading(res, held), READ_MS).unref()
    return result
  }

  #whileHeld(res: ServerResponse, held: Held, method: Method, args: unknown[]): unknown {
    if (held.decide === undefined) {
      if (method !== 'end') return swallow(res, method, args)
      this.#endShadow(res, held, callbackIn(args))
      return res
    }
    // Node refuses a second head; so does this.
    if (method === 'writeHead' && held.calls.length > 0) return this.#original.writeHead.apply(res, args)
    held.calls.push([method, args])
    held.size += sizeOf(args[0])
    if (method === 'end') this.#decide(res, held)
    else if (held.size > MAX_READ) this.#send(res, held)
    return method === 'write' ? true : res
  }

  #endShadow(res: ServerResponse, held: Held, callback: (() => void) | undefined): void {
    if (held.ended) return
    held.ended = true
    if (callback !== undefined) res.once('finish', callback)
    shadow(res, 'writableEnded', true)
    shadow(res, 'finished', true)
  }

  #decide(res: ServerResponse, held: Held): void {
    const chunks = held.calls
      .filter(([method]) => method === 'write' || method === 'end')
      .map(([, args]) => bytesOf(args[0]))
    const head = held.calls.find(([method]) => method === 'writeHead')?.[1] ?? []
    const verdict = guarded(() => held.decide?.(decodedBody(res, head, Buffer.concat(chunks))) ?? PASS)
    if (verdict.do !== 'replace') {
      this.#send(res, held)
      return
    }
    const [status] = head
    if (typeof status === 'number') res.statusCode = status
    const dropped: Held = { decide: undefined, calls: [], size: 0, ended: false }
    this.#held.set(res, dropped)
    this.#endShadow(res, dropped, callbackIn(held.calls.at(-1)?.[1] ?? []))
    this.#replace(res, verdict.answer)
  }

  #replace(res: ServerResponse, answer: () => void): void {
    this.#replaced.add(res)
    holdResponse(res, () => this.#release(res, true))
    answer()
  }

  /** Lets through what was held. */
  #send(res: ServerResponse, held: Held): void {
    this.#release(res, false)
    for (const [method, args] of held.calls) this.#original[method].apply(res, [...args])
  }

  #giveUpReading(res: ServerResponse, held: Held): void {
    if (this.#held.get(res) === held) this.#send(res, held)
  }

  #release(res: ServerResponse, isDropped: boolean): void {
    this.#held.delete(res)
    for (const name of ['headersSent', 'writableEnded', 'finished']) Reflect.deleteProperty(res, name)
    if (headOf(res) === HELD_HEAD) (res as WithHead)._header = null
    if (!isDropped) return
    const exchange = exchangeOf(res)
    if (exchange !== undefined) exchange.headersMs = 0
    const { end } = this.#original
    const answer = (...args: unknown[]): unknown => {
      // Counted when it was handed over, and never sent; this is.
      if (exchange !== undefined) exchange.bodyBytesCounted = sizeOf(args[0])
      return end.apply(res, args)
    }
    // Past what middleware has put around the response (compression, sessions): it has seen the end already.
    Object.defineProperty(res, 'end', { value: answer, configurable: true, writable: true })
  }
}

function swallow(res: ServerResponse, method: Method, args: readonly unknown[]): unknown {
  const callback = callbackIn(args)
  if (callback !== undefined) process.nextTick(callback)
  return method === 'write' ? true : res
}

function callbackIn(args: readonly unknown[]): (() => void) | undefined {
  return args.find((one) => typeof one === 'function') as (() => void) | undefined
}

/** A failure of ours leaves the response alone. */
function guarded(judge: () => Verdict): Verdict {
  try {
    return judge()
  } catch {
    return PASS
  }
}

function shadow(res: object, name: string, value: boolean): void {
  Object.defineProperty(res, name, { value, configurable: true, writable: true })
}

/** Where Node keeps the head that it has written; compression asks there whether it has. */
interface WithHead {
  _header?: unknown
}

const HELD_HEAD = 'held by rocksolid'

function headOf(res: object): unknown {
  return (res as WithHead)._header
}

function hideHead(res: object): void {
  if (headOf(res) === null) (res as WithHead)._header = HELD_HEAD
}

function sizeOf(chunk: unknown): number {
  return typeof chunk === 'string' ? chunk.length : chunk instanceof Uint8Array ? chunk.byteLength : 0
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  return chunk instanceof Uint8Array ? chunk : new Uint8Array()
}
