/** Reads a small JSON request body with a limit, whether or not a body parser of the application was first. */

import type { IncomingMessage } from 'node:http'

/** The parsed object, or why there is none. */
export type JsonBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly status: 400 | 408 | 413 | 415; readonly explanation: string }

const READ_TIMEOUT_MS = 10_000

/** Reads at most `limit` bytes; answers a refusal instead of throwing. Waits at most 10 s for the body. */
export async function readJson(req: IncomingMessage, limit: number): Promise<JsonBody> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    return refuse(415, `The body is ${JSON.stringify(type ?? '')}; it must be application/json.`)
  }
  const already = (req as { body?: unknown }).body
  if (already !== undefined && req.readableEnded) return asObject(already)
  const bytes = await readBytes(req, limit)
  if (bytes === 'too large') return refuse(413, `The body is larger than ${limit} bytes.`)
  if (bytes === undefined) return refuse(408, 'The body did not arrive whole.')
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return refuse(400, 'The body is not valid JSON in UTF-8.')
  }
}

function asObject(value: unknown): JsonBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ok: true, value: value as Record<string, unknown> }
    : refuse(400, 'The body must be a JSON object.')
}

function refuse(status: 400 | 408 | 413 | 415, explanation: string): JsonBody {
  return { ok: false, status, explanation }
}

function readBytes(req: IncomingMessage, limit: number): Promise<Buffer | 'too large' | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = (result: Buffer | 'too large' | undefined): void => {
      clearTimeout(timer)
      req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone)
      resolve(result)
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) {
        req.resume()
        done('too large')
      } else chunks.push(chunk)
    }
    const onEnd = (): void => done(Buffer.concat(chunks))
    const onGone = (): void => done(undefined)
    const timer = setTimeout(onGone, READ_TIMEOUT_MS)
    timer.unref()
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
    if (req.readableEnded || req.destroyed) onGone()
  })
}
