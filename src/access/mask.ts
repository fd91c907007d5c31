/**
 * What never belongs into a log: credentials in headers, cookies and query strings.
 * The name stays readable, the value is replaced.
 */

/** What is masked, by name; letter case and `-` or `_` do not matter. */
export interface MaskOptions {
  /** Query parameters masked besides the built-in ones. */
  readonly query?: readonly string[]
  /** Headers masked besides the built-in ones. */
  readonly headers?: readonly string[]
  /** Cookies masked besides the built-in ones. */
  readonly cookies?: readonly string[]
}

/** Takes secrets out of the parts of a request. */
export interface Masker {
  /** A URL or query string with the values of secret parameters, and a password before the host, replaced. */
  url(text: string): string
  /** Masks the values of a header, by its name. */
  header(name: string): (value: string) => string
  cookie(name: string): (value: string) => string
}

/** What stands for a value that was masked; the word OpenTelemetry's conventions prescribe. */
export const REDACTED = 'REDACTED'

/** Parameters of signed URLs (OpenTelemetry's list) and what applications call their secrets. */
const QUERY = [
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'AWSAccessKeyId',
  'Signature',
  'sig',
  'X-Goog-Signature',
  'X-Goog-Credential',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'auth',
  'auth_token',
  'authorization',
  'api_key',
  'apikey',
  'client_secret',
  'secret',
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'jwt',
  'session',
  'session_id',
  'sessionid',
  'private_key',
  'code_verifier',
  'credential',
  'credentials',
]

const HEADERS = [
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
  'x-auth-token',
  'x-access-token',
  'x-refresh-token',
  'x-csrf-token',
  'x-xsrf-token',
  'x-amz-security-token',
  'x-goog-iam-authorization-token',
  'x-vault-token',
  'x-gitlab-token',
  'x-hub-signature',
  'x-hub-signature-256',
]

/** Cookies that carry a login have a word of this kind in their name. */
const COOKIE = /sess|sid$|^sid|token|auth|jwt|csrf|xsrf|secret|passw|credential|remember/i

/** Query parameters that end like this are secrets whatever stands before. */
const QUERY_ENDINGS = /(?:token|secret|password|apikey|signature)$/

const unchanged = (value: string): string => value

const NOTHING: Masker = {
  url: unchanged,
  header: () => unchanged,
  cookie: () => unchanged,
}

/** A masker; `false` masks nothing. */
export function createMasker(options: boolean | MaskOptions): Masker {
  if (options === false) return NOTHING
  const extra = options === true ? {} : options
  const queries = new Set([...QUERY, ...(extra.query ?? [])].map(plainName))
  const headers = new Set([...HEADERS, ...(extra.headers ?? [])].map(plainName))
  const cookies = new Set((extra.cookies ?? []).map(plainName))
  const isSecret = remembered((name) => {
    const plain = plainName(decoded(name))
    return queries.has(plain) || QUERY_ENDINGS.test(plain)
  })
  return {
    url: (text) => maskUrl(text, isSecret),
    header: (name) => (headers.has(plainName(name)) ? () => REDACTED : unchanged),
    cookie: (name) => (COOKIE.test(name) || cookies.has(plainName(name)) ? () => REDACTED : unchanged),
  }
}

/** Most names of parameters whose answer is remembered; applications use few. */
const MAX_REMEMBERED = 1000

function remembered(test: (name: string) => boolean): (name: string) => boolean {
  const answers = new Map<string, boolean>()
  return (name) => {
    const known = answers.get(name)
    if (known !== undefined) return known
    const answer = test(name)
    if (answers.size < MAX_REMEMBERED && name.length <= 64) answers.set(name, answer)
    return answer
  }
}

const [AND, SEMICOLON, EQUALS, HASH] = [38, 59, 61, 35]

function maskUrl(text: string, isSecret: (name: string) => boolean): string {
  const question = text.indexOf('?')
  const masked = question < 0 ? text : maskQuery(text, question + 1, isSecret)
  // Only the target of a request to a proxy, or a referrer, begins with a scheme.
  return masked.startsWith('/') || !masked.includes('@')
    ? masked
    : masked.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/i, `$1:${REDACTED}@`)
}

function maskQuery(text: string, from: number, isSecret: (name: string) => boolean): string {
  let masked = ''
  let copied = 0
  for (let start = from; start < text.length; ) {
    let equals = -1
    let end = start
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === EQUALS && equals < 0) equals = end
      else if (code === AND || code === SEMICOLON || code === HASH) break
    }
    if (equals > start && end > equals + 1 && isSecret(text.slice(start, equals))) {
      masked += text.slice(copied, equals + 1) + REDACTED
      copied = end
    }
    start = end + 1
  }
  return copied === 0 ? text : masked + text.slice(copied)
}

function decoded(name: string): string {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_[\]]/g, '')
}
