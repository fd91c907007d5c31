/**
 * Whether a value that another version of this package has made can be used in place of our own: it has all that ours
 * has, of the same kinds. What an older version does not know is added to it.
 */

/**
 * Adds the fields that `found` lacks, where it is a plain object.
 * @returns false when `found` cannot stand for `own`. Never throws
 */
export function fitShape(found: unknown, own: unknown): boolean {
  try {
    return fits(found, own, 0)
  } catch {
    return false
  }
}

/** Shared values are flat; what is deeper is not looked at. */
const MAX_DEPTH = 4

function fits(found: unknown, own: unknown, depth: number): boolean {
  if (own === undefined || own === null || depth > MAX_DEPTH) return true
  if (found === undefined || found === null) return false
  // A class of ours that is used as a collection; another version may have one of the language's.
  if (typeof own === 'function')
    return !isPlain(found) && hasMethods(found, Object.getOwnPropertyNames(own), own)
  if (typeof found !== typeof own) return false
  if (typeof own !== 'object') return true
  if (Array.isArray(own)) return Array.isArray(found)
  if (ArrayBuffer.isView(own)) {
    return ArrayBuffer.isView(found) && found.byteLength === own.byteLength && tagOf(found) === tagOf(own)
  }
  if (isPlain(own)) return isPlain(found) && fillAndFit(found, own, depth)
  return !isPlain(found) && hasMethods(found as object, methodNames(own), own)
}

function fillAndFit(
  found: Record<string, unknown>,
  own: Readonly<Record<string, unknown>>,
  depth: number,
): boolean {
  const missing = Object.keys(own).filter((key) => !Object.hasOwn(found, key))
  if (missing.length > 0 && !Object.isExtensible(found)) return false
  const known = Object.keys(own).filter((key) => !missing.includes(key))
  // A field may be empty for now: what it will hold is the maker's affair.
  if (!known.every((key) => found[key] === undefined || fits(found[key], own[key], depth + 1))) return false
  for (const key of missing) found[key] = own[key]
  return true
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]' &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

const tagOf = (value: unknown): string => Object.prototype.toString.call(value)

/** Of classes of ours and of the language, without those of every object. */
function methodNames(value: object): readonly string[] {
  const names: string[] = []
  for (let one = value; one !== Object.prototype && one !== null; one = Object.getPrototypeOf(one))
    names.push(...Object.getOwnPropertyNames(one))
  return names
}

function hasMethods(found: object, names: readonly string[], own: object): boolean {
  const typeIn = (object: object, name: string): string =>
    typeof (object as Readonly<Record<string, unknown>>)[name]
  return names.every((name) => {
    const isMethod = !NOT_LOOKED_AT.has(name) && typeIn(own, name) === 'function'
    return !isMethod || typeIn(found, name) === 'function'
  })
}

/** The first two throw for functions. */
const NOT_LOOKED_AT: ReadonlySet<string> = new Set(['caller', 'arguments', 'constructor'])
