/**
 * Turns what was typed into code for `eval` in a frame.
 * Typed code gains what a console has and eval lacks: top-level `await`, `import()` and `import.meta` that work
 * (inside eval they would end the process), object literals typed bare, and names that last to the next input.
 */

import type { Node, Options, Program } from 'acorn'
import { childNodes } from './syntax.ts'

/** Code to evaluate, or why the input cannot be. */
export type Rewritten =
  | {
      readonly kind: 'code'
      readonly code: string
      readonly isAsync: boolean
      /** Every identifier of the input, to see which imports it wants. */
      readonly identifiers: ReadonlySet<string>
    }
  /** More lines are needed: an open bracket, template or comment. */
  | { readonly kind: 'incomplete'; readonly message: string }
  | {
      readonly kind: 'syntax-error'
      readonly message: string
      readonly line: number
      readonly column: number
    }

type Parser = Pick<typeof import('acorn'), 'parse'>

/**
 * `$rs` is the evaluation box (capture/captured). The first thing evaluated code does is to hand over a closure made
 * inside its own scope: names it declares are visible to what is evaluated by that closure next.
 */
const HAND_OVER = '$rs.next(($rs) => eval($rs.code));'

/** Rewrites one input. */
export async function rewriteInput(input: string): Promise<Rewritten> {
  const acorn: Parser = await import('acorn')
  const bare = input.trim()
  const literal = /^\{[\s\S]*\}$/.test(bare) ? tryParse(acorn, `(${bare})`) : undefined
  if (literal?.program !== undefined) return compile(`(${bare})`, literal.program)
  const parsed = tryParse(acorn, input)
  if (parsed.program !== undefined) return compile(input, parsed.program)
  return problemOf(input, parsed.error)
}

interface Parsed {
  readonly program?: Program
  readonly error?: unknown
}

/** Parses leniently: what is only wrong inside its frame (`super`, `new.target`, `#private`) is left to V8. */
function tryParse(acorn: Parser, code: string): Parsed {
  const options: Omit<Options, 'sourceType'> = {
    ecmaVersion: 'latest',
    allowAwaitOutsideFunction: true,
    allowReturnOutsideFunction: false,
    allowSuperOutsideMethod: true,
    allowImportExportEverywhere: true,
    checkPrivateFields: false,
    allowHashBang: false,
  }
  try {
    return { program: acorn.parse(code, { ...options, sourceType: 'module' }) }
  } catch (moduleError) {
    // Modules are strict; a sloppy frame may use what they may not (`with`, octal literals, `await` as a name).
    try {
      return { program: acorn.parse(code, { ...options, sourceType: 'script' }) }
    } catch {
      return { error: moduleError }
    }
  }
}

interface Found {
  readonly edits: Edit[]
  awaits: boolean
  readonly identifiers: Set<string>
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function compile(source: string, program: Program): Rewritten {
  const found: Found = { edits: [], awaits: false, identifiers: new Set() }
  const unsupported = program.body.find((node) => /^(Import|Export)/.test(node.type))
  if (unsupported !== undefined && unsupported.type !== 'ImportDeclaration') {
    return {
      kind: 'syntax-error',
      message: 'A console has no exports.',
      ...positionOf(source, unsupported.start),
    }
  }
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      found.edits.push({ start: statement.start, end: statement.end, text: importAsConst(source, statement) })
      found.awaits = true
    } else visit(statement, NOWHERE, found)
  }
  const { identifiers } = found
  if (!found.awaits) {
    return { kind: 'code', code: `${HAND_OVER}\n${apply(source, found.edits)}`, isAsync: false, identifiers }
  }
  const last = program.body.at(-1)
  if (last?.type === 'ExpressionStatement') {
    found.edits.push({ start: last.start, end: last.start, text: 'return (' })
    found.edits.push({ start: last.expression.end, end: last.end, text: ')' })
  }
  // An arrow function keeps the frame's `this` and `arguments`.
  const code = `(async () => { ${HAND_OVER}\n${apply(source, found.edits)}\n})()`
  return { kind: 'code', code, isAsync: true, identifiers }
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'MethodDefinition',
  'PropertyDefinition',
  'StaticBlock',
])

/** What surrounds a node within the input. */
interface Inside {
  readonly aFunction: boolean
  /** A class or a plain function: `super` is its own there. */
  readonly itsOwnSuper: boolean
}

const NOWHERE: Inside = { aFunction: false, itsOwnSuper: false }

/** Collects edits below `node`; `await` inside functions is their own. */
function visit(node: Node, inside: Inside, found: Found): void {
  const { type } = node
  if (!inside.aFunction && (type === 'AwaitExpression' || isForAwait(node))) found.awaits = true
  if (type === 'Identifier') found.identifiers.add((node as Node & { name: string }).name)
  if (type === 'ImportExpression') {
    found.edits.push({ start: node.start, end: node.start + 'import'.length, text: '$rs.import' })
  }
  if (type === 'MetaProperty' && (node as { meta?: { name?: string } }).meta?.name === 'import') {
    found.edits.push({ start: node.start, end: node.end, text: '$rs.meta' })
  }
  // Code of an eval cannot say `super`, even inside a method.
  if (type === 'Super' && !inside.itsOwnSuper)
    found.edits.push({ start: node.start, end: node.end, text: '$rs.super(this)' })
  const inner = {
    aFunction: inside.aFunction || FUNCTIONS.has(type),
    itsOwnSuper:
      inside.itsOwnSuper ||
      type === 'ClassBody' ||
      type === 'ObjectExpression' ||
      (FUNCTIONS.has(type) && type !== 'ArrowFunctionExpression'),
  }
  for (const child of childNodes(node)) visit(child, inner, found)
}

function isForAwait(node: Node): boolean {
  return node.type === 'ForOfStatement' && (node as { await?: boolean }).await === true
}

/** `import a, { b as c } from 'x'` typed in the console becomes a `const` of the awaited module. */
function importAsConst(source: string, node: Node): string {
  const { specifiers, source: from } = node as unknown as {
    specifiers: readonly { type: string; local: { name: string }; imported?: Node & { name?: string } }[]
    source: Node
  }
  const load = `await $rs.import(${source.slice(from.start, from.end)})`
  if (specifiers.length === 0) return `${load};`
  const whole = specifiers.find((one) => one.type === 'ImportNamespaceSpecifier')
  const names = specifiers.flatMap((one) => {
    if (one.type === 'ImportDefaultSpecifier') return [`default: ${one.local.name}`]
    if (one.imported === undefined) return []
    return [`${source.slice(one.imported.start, one.imported.end)}: ${one.local.name}`]
  })
  const module = whole?.local.name ?? `{ ${names.join(', ')} }`
  const rest =
    whole !== undefined && names.length > 0 ? `, { ${names.join(', ')} } = ${whole.local.name}` : ''
  return `const ${module} = ${load}${rest};`
}

function apply(source: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += source.slice(at, edit.start) + edit.text
    at = Math.max(at, edit.end)
  }
  return result + source.slice(at)
}

function problemOf(source: string, error: unknown): Rewritten {
  const { message = 'Syntax error', pos = source.length } = error as { message?: string; pos?: number }
  const text = message.replace(/ \(\d+:\d+\)$/, '')
  const atEnd = pos >= source.trimEnd().length
  if (atEnd || /^Unterminated (template|comment)/.test(text)) {
    return { kind: 'incomplete', message: atEnd ? 'The input is not finished.' : text }
  }
  return { kind: 'syntax-error', message: text, ...positionOf(source, pos) }
}

function positionOf(source: string, position: number): { line: number; column: number } {
  const before = source.slice(0, position)
  return { line: before.split('\n').length, column: position - before.lastIndexOf('\n') }
}
