/** The nodes of a syntax tree, whatever their kind: acorn gives them as properties, alone or in arrays. */

import type { Node } from 'acorn'

/** The nodes right below a node, in the order of its properties. */
export function childNodes(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
