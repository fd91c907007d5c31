/** Hints about names and values in code: what is not defined, not a function, undefined, constant. */

import { nearest } from '../../core/nearest.ts'
import { identifiersOn } from '../../stack/identifiers.ts'
import { projectRoots } from '../../stack/roots.ts'
import { readSource } from '../../stack/source.ts'
import { type Advice, type HintFacts, type HintProvider, whenMessage } from './hint-provider.ts'

const GLOBALS =
  'console process Buffer setTimeout setInterval setImmediate clearTimeout structuredClone fetch URL URLSearchParams Math JSON Object Array String Number Boolean Date Map Set Promise Error TypeError RegExp Symbol parseInt parseFloat globalThis queueMicrotask'.split(
    ' ',
  )

/** All names of the file of the failing line; few when it cannot be read. */
async function namesInFile({ frame, roots }: HintFacts): Promise<ReadonlySet<string>> {
  const file = frame?.file
  const text = file === undefined ? undefined : readSource(file, roots ?? projectRoots())
  const names = new Set<string>()
  for (const match of (text ?? frame?.source?.lines.join('\n') ?? '').matchAll(/[A-Za-z_$][\w$]{1,60}/g)) {
    names.add(match[0])
    if (names.size > 5000) break
  }
  return names
}

/** The expression on the failing line whose member is read: `user`, `bank[bill.currency]`, `prices.get(item.name)`. */
function holderOf(facts: HintFacts, member: string): string | undefined {
  const { line, frame } = facts
  const given = (frame?.source?.column ?? 1) - 1
  // Positions that went through a source map may be those of the dot.
  const column = given + (/^(?:\?\.\[?|\.|\[)\s{0,8}/.exec(line.slice(given))?.[0].length ?? 0)
  const exact = expressionBefore(line.slice(0, column))
  if (exact !== undefined && line.slice(column).replace(/^['"]/, '').startsWith(member)) return exact
  const path = identifiersOn(line).find((one) => one.path.slice(1).includes(member))
  return path?.path.slice(0, path.path.indexOf(member, 1)).join('.')
}

/** Longest expression that is named. */
const MAX_EXPRESSION = 120

/** What stands before the `.` or `[` at the end of the text, read backwards: names, members, calls and indexes. */
function expressionBefore(text: string): string | undefined {
  // TypeScript's word that something is not null is none of the names.
  const all = text.slice(-400).replace(/(?<=[\w$)\]])!(?=[.[])/g, '')
  const end = all.replace(/\s{0,8}(?:\?\.\[|\?\.|\.|\[)\s{0,8}['"]?$/, '')
  if (end === all) return undefined
  let at = end.length
  for (;;) {
    while (/[)\]]/.test(end[at - 1] ?? '')) at = openingBefore(end, at - 1)
    const name = /[\w$#]{1,100}$/.exec(end.slice(0, at))?.[0] ?? ''
    at -= name.length
    const dot = /\??\.$/.exec(end.slice(0, at))?.[0] ?? ''
    if (name === '' || dot === '') break
    at -= dot.length
  }
  const expression = end.slice(at)
  return /^[A-Za-z_$]/.test(expression) && expression.length <= MAX_EXPRESSION ? expression : undefined
}

/** Where the bracket that is closed at an index was opened; 0 when it was on an earlier line. */
function openingBefore(text: string, closing: number): number {
  let depth = 0
  for (let at = closing; at >= 0; at--) {
    if (/[)\]]/.test(text[at] ?? '')) depth++
    else if (/[([]/.test(text[at] ?? '') && --depth === 0) return at
  }
  return 0
}

const suggestion = (title: string, text: string): Advice => ({ title, text })

const notDefined = whenMessage('not-defined', /^([\w$]+) is not defined$/, async ([, name = ''], facts) => {
  const esm = ESM_NAMES[name]
  if (esm !== undefined) return suggestion(`\`${name}\` does not exist in ES modules.`, esm)
  const names = new Set([...(await namesInFile(facts)), ...GLOBALS])
  names.delete(name)
  const meant = nearest(name, names)
  if (meant === undefined) {
    return suggestion(
      `Nothing named \`${name}\` is in scope.`,
      `Declare or import \`${name}\` before this line.`,
    )
  }
  const hint = suggestion(
    `\`${name}\` is not defined. Did you mean \`${meant}\`?`,
    `\`${meant}\` is a name that this file or the runtime knows.`,
  )
  const { frame, line } = facts
  const change = frame?.file !== undefined && frame.line !== undefined && line.includes(name)
  const after = line.replaceAll(
    new RegExp(`(?<![\\w$])${name.replace(/\$/g, '\\$')}(?![\\w$])`, 'g'),
    () => meant,
  )
  return change ? { ...hint, change: { file: frame.file, line: frame.line, before: line, after } } : hint
})

const ESM_NAMES: Readonly<Record<string, string>> = {
  require: 'Use `import`, or make one: `const require = createRequire(import.meta.url)` from `node:module`.',
  module: 'Use `export` in place of `module.exports`.',
  exports: 'Use `export` in place of `exports`.',
  __dirname: 'Use `import.meta.dirname` (Node.js 20.11 and later).',
  __filename: 'Use `import.meta.filename` (Node.js 20.11 and later).',
}

const undefinedMember = whenMessage(
  'member-of-nothing',
  /^Cannot (read|set) propert(?:y|ies) of (undefined|null)(?: \((?:reading|setting) '([^']{1,200})'\))?/,
  ([, verb, what, member = ''], facts) => {
    if (member === 'body' || /\breq(?:uest)?\.body$/.test(holderOf(facts, member) ?? '')) return undefined
    const holder = holderOf(facts, member)
    const title =
      holder === undefined
        ? `Something is \`${what}\` where its member \`${member}\` is ${verb === 'read' ? 'read' : 'set'}.`
        : `\`${holder}\` is \`${what}\`, so it has no \`${member}\`.`
    // What a call answers has not come from where its object did.
    const source = holder === undefined || holder.endsWith(')') ? undefined : originOf(facts, holder)
    const check = `Check \`${holder ?? 'it'}\` before, or use \`?.\` when it may be missing.`
    return suggestion(title, source === undefined ? check : `${source} ${check}`)
  },
)

/** Where the name got its value, when the excerpt shows it. */
function originOf({ frame }: HintFacts, holder: string): string | undefined {
  const root = holder.split(/[.[?]/, 1)[0] ?? ''
  const { source } = frame ?? {}
  if (source === undefined || !/^[\w$]+$/.test(root)) return undefined
  const assigned = new RegExp(`(?<![\\w$.])${root.replace(/\$/g, '\\$')}(?![\\w$])[^=]{0,40}=(?![=>])`)
  for (let index = source.line - source.startLine; index >= 0; index--) {
    const line = source.lines[index] ?? ''
    const match = assigned.exec(line)
    if (match === null) continue
    const value = firstExpression(line.slice(match.index + match[0].length))
      .replace(/^await\s+/, '')
      .slice(0, 80)
    const awaited =
      /\bfetch\b|\bfind|async/.test(line) && !line.includes('await') ? ' Is an `await` missing there?' : ''
    return value === ''
      ? undefined
      : `${holder === root ? 'It' : `\`${root}\``} got its value on line ${source.startLine + index}: \`${value.replaceAll('`', "'")}\`.${awaited}`
  }
  return undefined
}

/** What stands before the `;`, `,` or bracket that ends an expression; texts in quotes are stepped over. */
function firstExpression(code: string): string {
  let depth = 0
  for (const { 0: part, index } of code.matchAll(
    /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[([{]|[)\]}]|[;,]/g,
  )) {
    if (/^[([{]$/.test(part)) depth++
    else if (/^[)\]}]$/.test(part)) depth--
    else if (!/^[;,]$/.test(part)) continue
    if (depth < 0 || (depth === 0 && /^[;,]$/.test(part))) return code.slice(0, index).trim()
  }
  return code.trim()
}

const notFunction = whenMessage(
  'not-a-function',
  /^(.{1,200}?) is not a function/,
  ([, what = ''], facts) => {
    const key = what.replace(/\(intermediate value\)|\(\.\.\. ?\)/g, '')
    const value = facts.values.get(key)
    const is = value === undefined ? '' : ` It is ${value}.`
    if (/^app\.use|Router\.use/.test(what)) {
      return suggestion(
        'What was given to `app.use` is no middleware.',
        `Export a function, or the router itself.${is}`,
      )
    }
    if (/\.(?:then|catch|finally)$/.test(what)) {
      return suggestion(
        `\`${what.replace(/\.\w+$/, '')}\` is no promise.`,
        `The call before it gives its result at once.${is}`,
      )
    }
    if (/\.(?:map|filter|forEach|reduce|find|some|every|push)$/.test(what)) {
      return suggestion(
        `\`${what.replace(/\.\w+$/, '')}\` is no array.`,
        `\`Array.from\` makes one of anything iterable; \`Object.values\` of an object.${is}`,
      )
    }
    const wrapped = /^(?:\w+\.)?default$|_default/.test(what)
    return suggestion(
      `\`${what}\` is not a function.`,
      wrapped
        ? 'A CommonJS module that was compiled has its export under `default` once more: try `.default.default`, or import it by name.'
        : `Check the spelling, and that what you import exports it.${is}`,
    )
  },
)

const uninitialized = whenMessage(
  'before-initialization',
  /^Cannot access '([^']{1,100})' before initialization/,
  ([, name]) =>
    suggestion(
      `\`${name}\` is used above the line that declares it.`,
      'Move the declaration up. Between modules this means that they import each other: move what both need into a third.',
    ),
)

const constant = whenMessage('constant', /^Assignment to constant variable/, ({ input }, { line }) => {
  const name =
    /([A-Za-z_$][\w$]*)\s*(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?)?=(?!=)|([A-Za-z_$][\w$]*)(?:\+\+|--)/.exec(line)
  const what = name?.[1] ?? name?.[2]
  return suggestion(
    what === undefined ? input : `\`${what}\` is a \`const\`.`,
    'Declare it with `let` when it has to change.',
  )
})

const notIterable = whenMessage(
  'not-iterable',
  /^(.{1,200}?) is not iterable/,
  ([, what = ''], { values }) => {
    const value = values.get(what)
    const isObject = value?.startsWith('{') === true
    return suggestion(
      `\`${what}\` is not iterable${value === undefined ? '' : `: it is ${value}`}.`,
      isObject
        ? 'Use `Object.entries(…)` to go over an object.'
        : 'Only arrays, strings, Maps, Sets and generators can be spread, destructured or gone over.',
    )
  },
)

const notConstructor = whenMessage('not-a-constructor', /^(.{1,200}?) is not a constructor/, ([, what]) =>
  suggestion(
    `\`${what}\` cannot be made with \`new\`.`,
    'Check whether the class is the default export or a named one: `import X from` and `import { X } from` differ.',
  ),
)

const withoutNew = whenMessage(
  'class-without-new',
  /^Class constructor (\S{1,100}) cannot be invoked without 'new'/,
  ([, name]) =>
    suggestion(
      `\`${name}\` is a class.`,
      `Call it as \`new ${name}(…)\`. A class compiled to ES5 cannot extend one that is not.`,
    ),
)

const readOnly = whenMessage(
  'read-only',
  /^Cannot (?:assign to read only property|add property|delete property) '?([^',]{1,100})'?/,
  ([, name]) =>
    suggestion(
      `\`${name}\` cannot be changed: its object is frozen or the property is read-only.`,
      'Make a changed copy: `{ ...object, name: value }`. Express 5 has made `req.query` such a property.',
    ),
)

const privateMember = whenMessage(
  'private-member',
  /^Cannot (?:read|write) private member (#\w{1,80})/,
  ([, name]) =>
    suggestion(
      `\`${name}\` is reached through an object that was not made by its class.`,
      'Most often a method was passed on without its object: bind it, or call it in an arrow function. A Proxy around the object does the same.',
    ),
)

const notIn = whenMessage(
  'not-in',
  /^Cannot use 'in' operator to search for '?(.{1,100}?)'? in ([^\n]{0,200})/,
  ([, key, what = '']) =>
    suggestion(
      `\`in\` was asked of something that is no object, for \`${key}\`.`,
      `It is ${what === '' ? 'the empty text' : `\`${what.replaceAll('`', "'")}\``}. Was it meant to be parsed first?`,
    ),
)

/** In the order asked. */
export const NAME_HINTS: readonly HintProvider[] = [
  notDefined,
  undefinedMember,
  notFunction,
  uninitialized,
  constant,
  notIterable,
  notConstructor,
  withoutNew,
  readOnly,
  privateMember,
  notIn,
]
