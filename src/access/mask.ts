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
  header(name: string, value: string): string
  cookie(name: string, value: string): string
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

const NOTHING: Masker = {
  url: (text) => text,
  header: (_name, value) => value,
  cookie: (_name, value) => value,
}

/** A masker; `false` masks nothing. */
export function createMasker(options: boolean | MaskOptions): Masker {
  if (options === false) return NOTHING
  const extra = options === true ? {} : options
  const queries = new Set([...QUERY, ...(extra.query ?? [])].map(plainName))
  const headers = new Set([...HEADERS, ...(extra.headers ?? [])].map(plainName))
  const cookies = new Set((extra.cookies ?? []).map(plainName))
  const isSecret = (name: string): boolean => queries.has(name) || QUERY_ENDINGS.test(name)
  return {
    url: (text) => maskUrl(text, isSecret),
    header: (name, value) => (headers.has(plainName(name)) ? REDACTED : value),
    cookie: (name, value) => (COOKIE.test(name) || cookies.has(plainName(name)) ? REDACTED : value),
  }
}

function maskUrl(text: string, isSecret: (name: string) => boolean): string {
  const question = text.indexOf('?')
  const masked =
    question < 0
      ? text
      : text.slice(0, question + 1) +
        text
          .slice(question + 1)
          .replace(/([^&;=#]+)=([^&;#]*)/g, (whole, name: string, value: string) =>
            value !== '' && isSecret(plainName(decoded(name))) ? `${name}=${REDACTED}` : whole,
          )
  // Only the target of a request to a proxy, or a referrer, begins with a scheme.
  return masked.startsWith('/')
    ? masked
    : masked.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/i, `$1:${REDACTED}@`)
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
