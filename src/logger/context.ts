/** Fields that every record gets while a piece of work runs, through awaits and callbacks: request id, user, trace. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { checkArgument, isFunction } from '../core/options.ts'
import { shared } from '../core/shared.ts'
import { mergeFields } from './merge-fields.ts'
import type { Fields, ScopeFields } from './record-origin.ts'

interface Scope extends ScopeFields {
  fields: Fields
  memo: Map<unknown, unknown>
  /** The request it belongs to. */
  readonly request: Scope | undefined
}

/** The context of one request. */
export type RequestContext = Scope

const storage = shared('logger-context', () => new AsyncLocalStorage<Scope>())

/**
 * Runs `work` with `fields` added to every record logged inside; inner fields win over outer ones.
 * @example withContext({ tenant: 'a' }, () => log.info('paid'))
 */
export function withContext<T>(fields: Fields, work: () => T): T {
  checkArgument('withContext', 'the work', work, isFunction)
  const outer = storage.getStore()
  return storage.run({ ...joined(outer, fields), request: outer?.request }, work)
}

/** The context of a request, for {@link runInContext} or {@link enterContext}. */
export function requestContext(fields: Fields): RequestContext {
  const scope = { ...joined(storage.getStore(), fields), request: undefined as Scope | undefined }
  scope.request = scope
  return scope
}

/** Runs `work` as part of a request. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work)
}

/** {@link runInContext} for the rest of the current asynchronous context. */
export function enterContext(context: RequestContext): void {
  storage.enterWith(context)
}

const joined = (outer: Scope | undefined, fields: Fields): ScopeFields => ({
  fields: mergeFields(outer?.fields, fields),
  memo: new Map(),
})

/** Adds fields to the running context, for what is logged from now on; nothing happens outside of {@link withContext}. */
export function addContext(fields: Fields): void {
  const scope = storage.getStore()
  if (scope === undefined) return
  scope.fields = mergeFields(scope.fields, fields)
  scope.memo = new Map()
}

/** The fields of the running context. */
export function currentContext(): Fields | undefined {
  return storage.getStore()?.fields
}

/**
 * The context that a record made now belongs to: a copy of what holds now, unharmed by later additions. For the logger
 * of a request always one of that request: callbacks of pools run in the context of whoever came first.
 */
export function scopeOfNow(request: RequestContext | undefined): ScopeFields | undefined {
  const now = storage.getStore()
  const scope = request === undefined || now?.request === request ? now : request
  return scope === undefined ? undefined : frozenOf(scope)
}

/** One snapshot per state of a scope. */
function frozenOf(scope: Scope): ScopeFields {
  let snapshot = scope.memo.get(storage) as ScopeFields | undefined
  if (snapshot === undefined) {
    snapshot = { fields: scope.fields, memo: new Map() }
    scope.memo.set(storage, snapshot)
  }
  return snapshot
}
