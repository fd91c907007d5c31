/**
 * Which names are in scope at a position of a script, read from its source. V8 keeps only what a function uses; the
 * source tells what there is besides: names to complete, imports that can be fetched again, the method around `super`.
 */

import type { Node, Program } from 'acorn'
import { offsetOf } from '../../stack/offset.ts'
import type { CodePosition } from '../capture/captured.ts'
import { childNodes } from './syntax.ts'

/** An imported name: `import { name } from 'module'`. */
export interface ImportBinding {
  readonly module: string
  /** The export; `*` for the whole namespace. */
  readonly name: string
}

/** What the source says of a position. */
export interface ScopeNames {
  /** From the innermost scope outwards, each name once. */
  readonly names: readonly string[]
  /** Those of functions and blocks, without the module's own. */
  readonly locals: readonly string[]
  readonly imports: ReadonlyMap<string, ImportBinding>
  /** Lines of declarations, from 1. */
  readonly lines: ReadonlyMap<string, number>
  /** The source of the method around the position, for telling it from others of its name. */
  readonly method: { readonly name: string; readonly source: string; readonly isStatic: boolean } | undefined
}

/** Reads the scopes around a position; undefined when the source cannot be parsed or the position is not in it. */
export async function scopeNames(
  source: string,
  position: Pick<CodePosition, 'line' | 'column'>,
): Promise<ScopeNames | undefined> {
  const program = await parse(source)
  const offset = offsetOf(source, position)
  if (program === undefined || offset === undefined) return undefined
  const path = pathTo(program, offset)
  const lines = new Map<string, number>()
  const imports = new Map<string, ImportBinding>()
  const locals = new Set<string>()
  for (const node of [...path].reverse()) {
    if (node === program) for (const name of lines.keys()) locals.add(name)
    for (const [name, at] of declaredBy(node as AnyNode)) {
      if (!lines.has(name)) lines.set(name, source.slice(0, at).split('\n').length)
    }
  }
  for (const statement of program.body)
    for (const [name, binding] of importsOf(statement as AnyNode)) imports.set(name, binding)
  return {
    names: [...lines.keys()],
    locals: [...locals],
    imports,
    lines,
    method: methodAround(path as AnyNode[], source),
  }
}

/** Any node, its fields open. */
type AnyNode = Node & Readonly<Record<string, unknown>>

async function parse(source: string): Promise<Program | undefined> {
  const { parse: parseWith } = await import('acorn')
  const options = {
    ecmaVersion: 'latest',
    allowReturnOutsideFunction: true,
    allowHashBang: true,
    allowAwaitOutsideFunction: true,
  } as const
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parseWith(source, { ...options, sourceType })
    } catch {
      // The other kind is tried; what is neither cannot be read.
    }
  }
  return undefined
}

/** The nodes that contain the offset, outermost first. */
function pathTo(program: Program, offset: number): Node[] {
  const path: Node[] = []
  let inside: Node | undefined = program
  while (inside !== undefined) {
    path.push(inside)
    inside = childNodes(inside).find((child) => child.start <= offset && offset < child.end)
  }
  return path
}

type Declared = readonly (readonly [name: string, at: number])[]

/** Names a node declares for the code inside it. */
function declaredBy(node: AnyNode): Declared {
  if (isFunction(node)) {
    const own = named(node.id as AnyNode | null)
    const parameters = (node.params as AnyNode[]).flatMap(patternNames)
    return [...parameters, ...hoisted(node.body as AnyNode), ...own]
  }
  switch (node.type) {
    case 'Program':
      return [...blockNames(node.body as AnyNode[]), ...hoisted(node)]
    case 'BlockStatement':
    case 'StaticBlock':
      return blockNames(node.body as AnyNode[])
    case 'ForStatement':
      return declaration(node.init as AnyNode | null)
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaration(node.left as AnyNode | null)
    case 'CatchClause':
      return node.param === null ? [] : patternNames(node.param as AnyNode)
    case 'ClassDeclaration':
    case 'ClassExpression':
      return named(node.id as AnyNode | null)
    case 'SwitchStatement':
      return blockNames((node.cases as AnyNode[]).flatMap((one) => one.consequent as AnyNode[]))
    default:
      return []
  }
}

function blockNames(statements: readonly AnyNode[]): Declared {
  return statements.flatMap((statement): Declared => {
    const inner =
      (/^Export/.test(statement.type) ? (statement.declaration as AnyNode | null) : statement) ?? statement
    if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration')
      return named(inner.id as AnyNode | null)
    if (inner.type === 'ImportDeclaration')
      return (inner.specifiers as AnyNode[]).flatMap((one) => named(one.local as AnyNode))
    return declaration(inner)
  })
}

function declaration(node: AnyNode | null): Declared {
  if (node?.type !== 'VariableDeclaration') return []
  return (node.declarations as AnyNode[]).flatMap((one) => patternNames(one.id as AnyNode))
}

/** `var` declarations anywhere below, but not inside other functions. */
function hoisted(node: AnyNode): Declared {
  return childNodes(node).flatMap((child): Declared => {
    const inner = child as AnyNode
    if (isFunction(inner)) return []
    const own = inner.type === 'VariableDeclaration' && inner.kind === 'var' ? declaration(inner) : []
    return [...own, ...hoisted(inner)]
  })
}

function patternNames(node: AnyNode): Declared {
  switch (node.type) {
    case 'Identifier':
      return named(node)
    case 'ObjectPattern':
      return (node.properties as AnyNode[]).flatMap((one) =>
        patternNames((one.value ?? one.argument) as AnyNode),
      )
    case 'ArrayPattern':
      return (node.elements as (AnyNode | null)[]).flatMap((one) => (one === null ? [] : patternNames(one)))
    case 'AssignmentPattern':
      return patternNames(node.left as AnyNode)
    case 'RestElement':
      return patternNames(node.argument as AnyNode)
    default:
      return []
  }
}

function named(node: AnyNode | null): Declared {
  return node?.type === 'Identifier' ? [[node.name as string, node.start]] : []
}

function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

function importsOf(node: AnyNode): readonly (readonly [string, ImportBinding])[] {
  if (node.type !== 'ImportDeclaration') return []
  const module = (node.source as AnyNode).value as string
  return (node.specifiers as AnyNode[]).map((one) => {
    const imported = one.imported as AnyNode | undefined
    const name =
      one.type === 'ImportNamespaceSpecifier'
        ? '*'
        : one.type === 'ImportDefaultSpecifier'
          ? 'default'
          : ((imported?.name ?? imported?.value) as string)
    return [(one.local as AnyNode).name as string, { module, name }] as const
  })
}

/** Arrow functions keep the `super` of the method around them; plain functions have none. */
function methodAround(path: readonly AnyNode[], source: string): ScopeNames['method'] {
  for (let index = path.length - 1; index >= 0; index--) {
    const node = path[index] as AnyNode
    const parent = path[index - 1]
    if (node.type === 'FunctionDeclaration') return undefined
    if (node.type !== 'FunctionExpression') continue
    if (parent?.type !== 'MethodDefinition') return undefined
    const key = parent.key as AnyNode
    return {
      name: (key.name ?? key.value) as string,
      source: source.slice(parent.start, parent.end),
      isStatic: parent.static === true,
    }
  }
  return undefined
}
