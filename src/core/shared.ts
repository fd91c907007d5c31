/**
 * The only process-wide state. Two copies of this package (ESM beside CommonJS, a preload beside the application's
 * own install) must agree about a request, so what they share hangs on one symbol of `globalThis`.
 */

const KEY = Symbol.for('rocksolid.shared.1')

/** The process-wide value under `name`, made by `create` when no copy has made it yet. */
export function shared<T>(name: string, create: () => T): T {
  const holder = globalThis as { [KEY]?: Map<string, unknown> }
  let values = holder[KEY]
  if (values === undefined) {
    values = new Map()
    Object.defineProperty(holder, KEY, { value: values })
  }
  if (!values.has(name)) values.set(name, create())
  return values.get(name) as T
}
