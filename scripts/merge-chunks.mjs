// After the build: puts chunks of the ES modules together that are loaded together anyway. The bundler makes a chunk of
// whatever some doors share and others do not, 21 files for `rocksolid/access`, and to find, read and link a file takes
// longer than to compile what is in it. Few large chunks load in half the time.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rollup } from 'rollup'

const root = join(import.meta.dirname, '..')
const record = join(root, 'dist', 'metafile-esm.json')
const meta = JSON.parse(readFileSync(record, 'utf8'))
const built = Object.keys(meta.outputs)

/** The doors whose chunks are put together; adapters load the first two. */
const DOORS = ['access', 'logger', 'debugger', 'dev', 'morgan']
const ADAPTERS = ['express', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest', 'fetch']

/** What a file loads before it runs, itself included. */
function loadedBy(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  for (const { path, kind } of meta.outputs[file].imports)
    if (kind === 'import-statement' && path in meta.outputs) loadedBy(path, found)
  return found
}

const loaded = new Map([...DOORS, ...ADAPTERS].map((door) => [door, loadedBy(`dist/${door}.js`)]))

const entries = built.filter((file) => isEntry(file))

function isEntry(file) {
  const { entryPoint } = meta.outputs[file]
  return entryPoint !== undefined && file === entryPoint.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js')
}

/**
 * Functions of these are on the stack of what an application throws, and V8 copies out all names in scope of each: they
 * stay in files with few names.
 */
const APART = ['src/debugger/passage.ts', 'src/http/handler.ts']

/** The chunk that a file becomes part of; none for doors, and for what is loaded on demand. */
function chunkOf(file) {
  const { entryPoint, inputs } = meta.outputs[file]
  if (entryPoint !== undefined || Object.keys(inputs).some((source) => APART.includes(source)))
    return undefined
  const doors = DOORS.filter((door) => loaded.get(door).has(file))
  if (doors.length === 0) return undefined
  if (doors.includes('morgan')) return 'core'
  if (doors.length > 1 && doors.includes('access')) return 'base'
  // No adapter loads the debugger, or a part of it.
  const isInAdapter = ADAPTERS.some((door) => loaded.get(door).has(file))
  return [
    ...doors,
    ...(isInAdapter && doors[0] !== 'access' && doors[0] !== 'logger' ? ['adapters'] : []),
  ].join('-')
}

const bundle = await rollup({
  input: Object.fromEntries(
    entries.map((file) => [file.slice('dist/'.length, -'.js'.length), join(root, file)]),
  ),
  external: (name) => !name.startsWith('.') && !name.startsWith('/'),
  treeshake: false,
  preserveEntrySignatures: 'strict',
  onLog: (level, { code, message }) => {
    // `import(name, attributes)` of the console stays as it is.
    if (level === 'warn' && code !== 'INVALID_IMPORT_ATTRIBUTE') throw new Error(message)
  },
})
const inRoot = (id) => id.slice(root.length + 1)
const { output } = await bundle.write({
  dir: join(root, process.argv[2] ?? 'dist'),
  format: 'es',
  entryFileNames: '[name].js',
  // Names without the first bundler's hash.
  chunkFileNames: ({ name }) => `${name.replace(/-[A-Z0-9]{8}$/, '')}-[hash].js`,
  manualChunks: (id) => (inRoot(id) in meta.outputs ? chunkOf(inRoot(id)) : undefined),
  onlyExplicitManualChunks: true,
  hoistTransitiveImports: false,
  minifyInternalExports: false,
  generatedCode: 'es2015',
})
await bundle.close()

const outputs = Object.fromEntries(
  output.map(({ fileName, moduleIds, code }) => [
    `dist/${fileName}`,
    {
      bytes: Buffer.byteLength(code),
      inputs: Object.assign({}, ...moduleIds.map((id) => meta.outputs[inRoot(id)]?.inputs)),
    },
  ]),
)
if (process.argv[2] === undefined) {
  for (const file of built) if (!(file in outputs)) rmSync(join(root, file))
  writeFileSync(record, JSON.stringify({ ...meta, outputs }))
}
console.log(`ES modules: ${built.length} files became ${output.length}`)
