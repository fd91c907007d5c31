/** Globs as the command line takes them: `*`, `**`, `?`, `{a,b}`. Without a slash they match names in any folder. */

/** Whether a path relative to the project, with forward slashes, matches. */
export type Matcher = (path: string) => boolean

/** A matcher for any of `globs`; matches nothing for an empty list. */
export function matcherOf(globs: readonly string[]): Matcher {
  const expressions = globs.map(toExpression)
  return (path) => expressions.some((expression) => expression.test(path))
}

/** The globs of the article's `--patterns="*.py;*.html"`. */
export function splitPatterns(text: string): readonly string[] {
  return text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

const PARTS = /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[^*?{]+|\{/g

function toExpression(glob: string): RegExp {
  const bare = glob.replace(/^\.\//, '').replace(/\/$/, '/**')
  const anywhere = bare.includes('/') ? bare : `**/${bare}`
  const source = (anywhere.match(PARTS) ?? []).map((part) => {
    if (part === '**/') return '(?:[^/]+/)*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('{') && part.endsWith('}'))
      return `(?:${part.slice(1, -1).split(',').map(escapeExpression).join('|')})`
    return escapeExpression(part)
  })
  return new RegExp(`^${source.join('')}$`)
}

const escapeExpression = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
