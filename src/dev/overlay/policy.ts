/** Reads the Content-Security-Policy of a response: may a script of the same origin run in it, and by which nonce? */

/** What to put on the script; undefined when the policies do not let it run or talk to the server. */
export interface Permission {
  readonly nonce: string | undefined
}

/** Every policy of the response must allow it. Reports are no policies. Specification: CSP Level 3. */
export function permissionOf(
  header: number | string | readonly string[] | undefined,
): Permission | undefined {
  const policies = [header ?? []]
    .flat()
    .flatMap((text) => String(text).slice(0, MAX_LENGTH).split(','))
    .filter((text) => text.trim() !== '')
  let nonce: string | undefined
  for (const policy of policies) {
    const directives = directivesOf(policy)
    const fallback = directives.get('default-src')
    const scripts = directives.get('script-src-elem') ?? directives.get('script-src') ?? fallback
    const connects = directives.get('connect-src') ?? fallback
    if (directives.has('sandbox') && !directives.get('sandbox')?.includes('allow-scripts')) return undefined
    if (connects !== undefined && !allowsSelf(connects)) return undefined
    if (scripts === undefined) continue
    const found = scripts.map((source) => /^'nonce-([\w+/=-]{1,200})'$/i.exec(source)?.[1]).find(Boolean)
    if (found === undefined && (!allowsSelf(scripts) || scripts.includes("'strict-dynamic'")))
      return undefined
    nonce ??= found
  }
  return { nonce }
}

const MAX_LENGTH = 8000

function directivesOf(policy: string): ReadonlyMap<string, readonly string[]> {
  const parts = policy.split(';').map((part) => part.trim().split(/\s+/))
  return new Map(parts.reverse().map(([name = '', ...sources]) => [name.toLowerCase(), sources] as const))
}

const allowsSelf = (sources: readonly string[]): boolean =>
  sources.some((source) => source === '*' || source.toLowerCase() === "'self'" || /^https?:$/i.test(source))
