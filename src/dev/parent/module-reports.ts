/** Node's own reports of modules over IPC: URLs of imports, paths that a require tried, in the order tried. */

import { fileURLToPath } from 'node:url'

/** Absolute paths; empty for any other message. */
export function reportedModules(message: Readonly<Record<string, unknown>>): readonly string[] {
  const imports = listOf(message['watch:import']).map(toPath)
  const requires = listOf(message['watch:require'])
  return [...imports, ...requires].filter(
    (file): file is string => file !== undefined && (file.startsWith('/') || /^[A-Za-z]:/.test(file)),
  )
}

const listOf = (value: unknown): readonly (string | undefined)[] =>
  Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : undefined)) : []

function toPath(url: string | undefined): string | undefined {
  if (url === undefined || !url.startsWith('file:')) return undefined
  try {
    const plain = new URL(url)
    plain.search = ''
    plain.hash = ''
    return fileURLToPath(plain)
  } catch {
    return undefined
  }
}
