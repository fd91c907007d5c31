/** Fields that every record gets while a piece of work runs, through awaits and callbacks: request id, user, trace. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from '../core/shared.ts'
import type { Fields, ScopeFields } from './record-origin.ts'

interface Scope extends ScopeFields {
  fields: Fields
  memo: Map<unknown, unknown>
}

const storage = shared('logger-context', () => new AsyncLocalStorage<Scope>())

/** Runs `work` with `fields` added to every record logged inside; inner fields win over outer ones. */
export function withContext<T>(fields: Fields, work: () => T): T {
  return storage.run(innerScope(fields), work)
}

/** {@link withContext} for the rest of the current asynchronous context. */
export function enterContext(fields: Fields): void {
  storage.enterWith(innerScope(fields))
}

function innerScope(fields: Fields): Scope {
  const outer = storage.getStore()
  return {
    fields: outer === undefined ? { ...fields } : { ...outer.fields, ...fields },
    memo: new Map(),
  }
}

/** Adds fields to the running context, for what is logged from now on; nothing happens outside of {@link withContext}. */
export function addContext(fields: Fields): void {
  const scope = storage.getStore()
  if (scope === undefined) return
  scope.fields = { ...scope.fields, ...fields }
  scope.memo = new Map()
}

/** The fields of the running context. */
export function currentContext(): Fields | undefined {
  return storage.getStore()?.fields
}

/** The context that a record made now belongs to: a copy of what holds now, unharmed by later additions. */
export function scopeOfNow(): ScopeFields | undefined {
  const scope = storage.getStore()
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
