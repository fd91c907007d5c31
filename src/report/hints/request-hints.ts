/** Hints about answering requests and making them. */

import { nearRoutes } from '../near-routes.ts'
import type { ReportFrame } from '../report.ts'
import { type HintFacts, type HintProvider, propertyText, whenCode, whenMessage } from './hint-provider.ts'

const SENDS =
  /\bres(?:ponse)?\b[^\n]{0,40}\.(?:send|json|end|render|redirect|sendFile|writeHead|write|status|set|header|setHeader)\s*\(/

/** Lines of an excerpt that answer the request, but for the failing one. */
function otherAnswers({ source }: ReportFrame): readonly number[] {
  if (source === undefined) return []
  return source.lines
    .map((line, index) => (SENDS.test(line) ? source.startLine + index : 0))
    .filter((number) => number > 0 && number !== source.line)
}

const headersSent = whenCode('headers-sent', ['ERR_HTTP_HEADERS_SENT'], ({ frame }) => {
  const others = frame === undefined ? [] : otherAnswers(frame)
  const first = others.filter((number) => number < (frame?.line ?? 0)).at(-1) ?? others[0]
  return {
    title: 'The request is answered twice.',
    text:
      first === undefined
        ? 'Look for a missing `return` after an answer, and for `next()` called after one.'
        : `Line ${first} answers already; this line answers again. Put a \`return\` there, or answer in one place.`,
  }
})

const bodyParser: HintProvider = {
  name: 'body-parser',
  match: ({ error, line, values }: HintFacts) => {
    if (!/^Cannot (?:read|destructure) propert/.test(error.message)) return undefined
    if (!/\breq(?:uest)?\.body\b|\bctx\.request\.body\b/.test(line)) return undefined
    const known = values.get('req.body')
    if (known !== undefined && known !== 'undefined') return undefined
    if (!/of undefined|as it is undefined/.test(error.message)) return undefined
    return {
      title: '`req.body` is `undefined`: nothing has read the body.',
      text: 'Put a parser before the route: `app.use(express.json())` for JSON, `express.urlencoded({ extended: true })` for forms. It reads only requests with the matching Content-Type.',
    }
  },
}

const fetchFailed = whenMessage('fetch-failed', /^fetch failed$/, (_match, { report }) => {
  const cause = report.errors.find((error) => error.code !== undefined)
  if (cause === undefined) return undefined
  return {
    title: `The request failed with ${cause.code}.`,
    text: 'The reason is in the cause: `fetch` itself names none.',
  }
})

const invalidUrl = whenCode('invalid-url', ['ERR_INVALID_URL'], ({ error }) => {
  const input = error.properties.find(({ key }) => key === 'input')?.value.text ?? 'The text'
  const isPath = /^['"]\//.test(input)
  return {
    title: `${input} is no complete URL.`,
    text: isPath
      ? 'A path needs a base: `new URL(path, "http://localhost")`.'
      : 'A URL begins with its scheme: `https://`. Is a variable of the environment empty?',
  }
})

/** In the order asked. */
export const REQUEST_HINTS: readonly HintProvider[] = [
  {
    name: 'near-route',
    match: (facts) => {
      const { request } = facts.report
      const status = propertyText(facts, 'status') || propertyText(facts, 'statusCode')
      if (request === undefined || (status !== '404' && facts.error.name !== 'NotFoundError'))
        return undefined
      const near = nearRoutes(request.method, request.url.split('?', 1)[0] ?? '', facts.routes)
      if (near.length === 0) return undefined
      const shown = near.map((route) => `\`${route}\``).join(', ')
      return {
        title: `No route takes \`${request.method} ${request.url.split('?', 1)[0]}\`.`,
        text: `Near: ${shown}.`,
      }
    },
  },
  headersSent,
  bodyParser,
  fetchFailed,
  invalidUrl,
  whenCode('header-character', ['ERR_INVALID_CHAR'], () => ({
    title: 'A header holds a character that headers may not hold.',
    text: 'Line ends and letters beyond Latin-1 must be encoded: `encodeURIComponent(value)`.',
  })),
  whenCode('header-value', ['ERR_HTTP_INVALID_HEADER_VALUE'], () => ({
    title: 'A header was set to `undefined`.',
    text: 'Set it only when there is a value.',
  })),
  whenCode('wrote-after-end', ['ERR_STREAM_WRITE_AFTER_END'], () => ({
    title: 'Something is written after the stream was ended.',
    text: 'Look for an `await` or callback that goes on after `end()`, and for a missing `return`.',
  })),
  whenCode('chunk-type', ['ERR_INVALID_ARG_TYPE'], ({ error }) =>
    /"(?:chunk|data)" argument/.test(error.message)
      ? {
          title: 'Only text and bytes can be written.',
          text: 'Turn the value into text first: `JSON.stringify(value)` or `String(value)`.',
        }
      : undefined,
  ),
  whenMessage('body-used', /Body is unusable|body (?:has already been read|used already)/i, () => ({
    title: 'The body is read twice.',
    text: 'A body can be read once. Keep what `json()` or `text()` gave, or read from `response.clone()`.',
  })),
  whenMessage('body-too-large', /^request entity too large$/, ({ input }, { error }) => {
    const limit = error.properties.find(({ key }) => key === 'limit')?.value.text
    return {
      title: `The body is larger than the parser allows${limit === undefined ? '' : ` (${limit} bytes)`}.`,
      text: `Raise it where it is set up: \`express.json({ limit: "1mb" })\`. The parser said: ${input}.`,
    }
  }),
  whenMessage(
    'express-path',
    /^(?:Missing parameter name|Unexpected \S{1,20}|Unterminated group).{0,80}at \d+/i,
    () => ({
      title: 'The path of a route cannot be read.',
      text: 'Express 5 wants a name for every part that varies: `/*splat` in place of `*`, `/:id{.:format}` in place of `?`.',
    }),
  ),
]
