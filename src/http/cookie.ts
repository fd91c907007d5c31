/** Reads one cookie and writes one; no more of RFC 6265 is needed here. */

/** The values of every cookie called `name`, in the order sent. */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}

/** Attributes of a session cookie that only its own site's requests may carry and no script may read. */
export interface StrictCookie {
  readonly name: string
  /** Characters of base64url, digits and dots only. */
  readonly value: string
  readonly path: string
  readonly maxAgeSeconds: number
  /** Whether the connection is TLS. */
  readonly secure: boolean
}

/** A `Set-Cookie` value: HttpOnly, SameSite=Strict, Secure where the connection is. */
export function strictCookie({ name, value, path, maxAgeSeconds, secure }: StrictCookie): string {
  const attributes = `Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`
  return `${name}=${value}; ${attributes}${secure ? '; Secure' : ''}`
}
