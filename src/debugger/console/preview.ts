/**
 * Tells which inputs can be tried while they are typed, and how. For V8 an eval is a side effect, and so is looking up
 * a name that an eval has declared. So the names are read first, one by one, which runs no code; the expression is
 * made into a function of them in the frame's scope, which runs none of it either, and only then called as pure.
 */

import type { Node } from 'acorn'
import type { Evaluate } from '../capture/captured.ts'
import { readNames } from './console-scope.ts'
import { childNodes } from './syntax.ts'

/** Characters of an input that is tried. */
const MAX_LENGTH = 500

/** What would start something in the background, or cannot stand in a function of its own. */
const IMPURE = new Set([
  'AssignmentExpression',
  'AwaitExpression',
  'ImportExpression',
  'MetaProperty',
  'Super',
  'UpdateExpression',
  'YieldExpression',
])

/** Gives the value of an expression. */
type PureCall = () => unknown

/** What gives the value of the input in a scope; undefined for what is no expression or surely not pure. */
export async function pureCall(input: string, scope: Evaluate): Promise<PureCall | undefined> {
  const found = await pureExpression(input)
  if (found === undefined) return undefined
  const values = readNames(
    scope,
    [...found.names].filter((name) => !UNSHADOWED.has(name)),
  )
  const names = Object.keys(values).join(', ')
  const call = scope({ code: `({ ${names} }) => (${found.code}\n)` })
  return typeof call === 'function' ? () => call(values) : undefined
}

/** Names that cannot be those of a parameter. */
const UNSHADOWED = new Set(['arguments', 'eval', 'undefined', 'this', '$rs'])

interface PureExpression {
  readonly code: string
  readonly names: ReadonlySet<string>
}

async function pureExpression(input: string): Promise<PureExpression | undefined> {
  const code = input.trim()
  if (code === '' || code.length > MAX_LENGTH) return undefined
  const { parse } = await import('acorn')
  try {
    const [statement, ...others] = parse(`(${code}\n)`, {
      ecmaVersion: 'latest',
      allowAwaitOutsideFunction: true,
      checkPrivateFields: false,
    }).body
    const isExpression = statement?.type === 'ExpressionStatement' && others.length === 0
    const names = new Set<string>()
    return isExpression && isQuiet(statement, names) ? { code, names } : undefined
  } catch {
    return undefined
  }
}

/** Whether nothing below the node is {@link IMPURE}; collects identifiers on the way. */
function isQuiet(node: Node, names: Set<string>): boolean {
  if (IMPURE.has(node.type)) return false
  if (node.type === 'Identifier') names.add((node as Node & { name: string }).name)
  if (node.type === 'UnaryExpression' && (node as Node & { operator: string }).operator === 'delete')
    return false
  return childNodes(node).every((child) => isQuiet(child, names))
}
