/** What another worker has answered, looked at before it is believed: it may be of another version, or broken. */

import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Answer } from '../../http/respond.ts'
import type { ErrorSummary } from '../protocol.ts'
import type { AttemptResult } from '../trust/attempts.ts'

/** Errors of one worker that are listed. */
const MAX_ERRORS = 1000

/** A response that can be sent as it is; undefined for anything else. */
export function answerFrom(value: unknown): Answer | undefined {
  const { status, type, body, headers = {} } = asRecord(value)
  const isStatus = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
  if (!isStatus || typeof type !== 'string' || typeof body !== 'string') return undefined
  const all = { 'content-type': type, ...asRecord(headers) }
  return Object.entries(all).every(isHeader) ? (value as Answer) : undefined
}

function isHeader([name, value]: [string, unknown]): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  try {
    validateHeaderName(name)
    for (const one of values) {
      if (typeof one !== 'string') return false
      validateHeaderValue(name, one)
    }
    return true
  } catch {
    return false
  }
}

/** Those lines of a list that are whole. */
export function summariesFrom(value: unknown): readonly ErrorSummary[] {
  return Array.isArray(value) ? value.slice(0, MAX_ERRORS).filter(isSummary) : []
}

function isSummary(value: unknown): value is ErrorSummary {
  const { id, fingerprint, name, message, request, at, count, first, last } = asRecord(value)
  const texts = [id, fingerprint, name, message, request ?? '']
  const times = [at, first, last]
  return (
    texts.every((one) => typeof one === 'string') &&
    /^[\w-]{1,64}$/.test(String(id)) &&
    times.every((one) => Number.isFinite(new Date(one as number).getTime()) && typeof one === 'number') &&
    Number.isSafeInteger(count)
  )
}

/** What became of a PIN. */
export function attemptFrom(value: unknown): AttemptResult | undefined {
  if (value === 'right' || value === 'wrong') return value
  const { retryAfterMs } = asRecord(value)
  return Number.isFinite(retryAfterMs) ? { retryAfterMs: Number(retryAfterMs) } : undefined
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as Record<string, unknown>) : {}
}
