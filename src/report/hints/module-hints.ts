/** Hints about modules that cannot be found or loaded. */

import { access, readdir, readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '../../core/nearest.ts'
import { shortPath } from '../../core/short-path.ts'
import { isInside, projectRoots } from '../../stack/roots.ts'
import { type Advice, type HintFacts, type HintProvider, whenCode, whenMessage } from './hint-provider.ts'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const MISSING = /^Cannot find (?:module|package) '([^']{1,500})'(?: imported from (\S{1,500}))?/

const moduleNotFound = whenMessage('module-not-found', MISSING, ([, name = '', from], facts) => {
  const isPath = /^(?:\.{1,2}\/|\/|file:|[A-Za-z]:\\)/.test(name)
  return isPath ? missingFile(name, from, facts) : missingPackage(name, facts)
})

async function missingPackage(name: string, facts: HintFacts): Promise<Advice> {
  const wanted = name.startsWith('@') ? name.split('/', 2).join('/') : (name.split('/', 1)[0] ?? name)
  const builtin = nearest(wanted.replace(/^node:/, ''), builtinModules)
  if (wanted.startsWith('node:')) {
    return {
      title: `Node.js has no module \`${wanted}\`.`,
      text: builtin === undefined ? 'Check its name.' : `Did you mean \`node:${builtin}\`?`,
    }
  }
  const { cwd } = facts.report.runtime
  const near = nearest(wanted, await declaredPackages(cwd))
  if (near !== undefined && near !== wanted) {
    return {
      title: `The package \`${wanted}\` is not installed. Did you mean \`${near}\`?`,
      text: `package.json names \`${near}\`.`,
    }
  }
  const isDeclared = near === wanted
  return {
    title: `The package \`${wanted}\` is not installed.`,
    text: isDeclared
      ? 'package.json names it, but node_modules does not hold it.'
      : 'It is not in package.json either.',
    // What to run is told only where the runtime has failed, which a code says, and only of a plain name: a message
    // may be anybody's text, and a name an option or a folder.
    ...(facts.error.code !== undefined && PACKAGE.test(wanted)
      ? { command: await installCommand(cwd, isDeclared ? '' : wanted) }
      : {}),
  }
}

const PACKAGE = /^(?:@\w[\w.-]{0,200}\/)?\w[\w.-]{0,200}$/

async function declaredPackages(folder: string): Promise<readonly string[]> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      object | undefined
    >
    return ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    )
  } catch {
    return []
  }
}

async function installCommand(folder: string, name: string): Promise<string> {
  const managers = [
    ['pnpm-lock.yaml', 'pnpm', 'add'],
    ['yarn.lock', 'yarn', 'add'],
    ['bun.lock', 'bun', 'add'],
    ['bun.lockb', 'bun', 'add'],
  ] as const
  for (const [lock, manager, add] of managers) {
    if (await exists(join(folder, lock)))
      return name === '' ? `${manager} install` : `${manager} ${add} ${name}`
  }
  return name === '' ? 'npm install' : `npm install ${name}`
}

async function missingFile(
  name: string,
  from: string | undefined,
  facts: HintFacts,
): Promise<Advice | undefined> {
  const importer = from ?? facts.frame?.file
  const path = name.startsWith('file:')
    ? fileURLToPath(name)
    : name.startsWith('.')
      ? importer && join(dirname(importer), name)
      : name
  if (path === undefined || path === '') return undefined
  const { cwd } = facts.report.runtime
  const title = `There is no file \`${shortPath(path, cwd)}\`.`
  // Names of files outside the project are nobody's business.
  if (!isInside(path, facts.roots ?? projectRoots())) return { title, text: 'Check the path.' }
  const files = await readdir(dirname(path)).catch(() => undefined)
  if (files === undefined)
    return { title, text: `Its folder \`${shortPath(dirname(path), cwd)}\` does not exist either.` }
  const file = basename(path)
  const stem = basename(path, extname(path))
  const same = files.find(
    (one) => one !== file && basename(one, extname(one)) === stem && extname(one) !== '',
  )
  if (same !== undefined && extname(path) === '') {
    return { title: `${title} ES modules need the extension.`, text: `Write \`${same}\` in full.` }
  }
  if (extname(path) === '' && files.includes(file)) {
    return {
      title: `\`${file}\` is a folder.`,
      text: `ES modules do not look for an index file: write \`${file}/index.js\`.`,
    }
  }
  const near = same ?? nearest(file, files)
  return near === undefined
    ? { title, text: 'Check the path; it is taken relative to the importing file.' }
    : { title: `${title} Did you mean \`${near}\`?`, text: `\`${near}\` is in the same folder.` }
}

const plain = (name: string, pattern: RegExp, title: string, text: string): HintProvider =>
  whenMessage(name, pattern, (match) => ({
    title: title.replace(/\{(\d)\}/g, (_whole, group: string) => match[Number(group)] ?? ''),
    text,
  }))

/** In the order asked. */
export const MODULE_HINTS: readonly HintProvider[] = [
  moduleNotFound,
  whenCode('require-of-esm', ['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'], () => ({
    title: 'An ES module was loaded with `require`.',
    text: 'Use `await import(…)`, or make the loading file an ES module (`"type": "module"` or `.mjs`). Node.js 22.12 and later can require ES modules that have no top-level await.',
  })),
  plain(
    'named-export',
    /^Named export '([^']{1,100})' not found\. The requested module '([^']{1,300})' is a CommonJS module/,
    '`{2}` is CommonJS, and its `{1}` cannot be seen from outside.',
    'Import the whole and take it apart: `import pkg from "…"; const { name } = pkg`.',
  ),
  plain(
    'missing-export',
    /^The requested module '([^']{1,300})' does not provide an export named '([^']{1,100})'/,
    '`{1}` has no export named `{2}`.',
    'Check its spelling, whether it is the default export, and whether it is only a type: then write `import type`.',
  ),
  plain(
    'import-outside-module',
    /^Cannot use import statement outside a module/,
    'The file is read as CommonJS, but is written as an ES module.',
    'Put `"type": "module"` into package.json, or name the file `.mjs`.',
  ),
  plain(
    'export-in-commonjs',
    /^Unexpected token 'export'/,
    'The file is read as CommonJS, but is written as an ES module.',
    'Put `"type": "module"` into the package.json next to it, or name it `.mjs`.',
  ),
  whenCode('subpath-not-exported', ['ERR_PACKAGE_PATH_NOT_EXPORTED'], () => ({
    title: 'The package does not export this path.',
    text: 'Only what its package.json lists under "exports" can be imported; look there for the right path.',
  })),
  plain(
    'unknown-extension',
    /^Unknown file extension "(\.[mc]?tsx?)"/,
    'Node.js does not run `{1}` files by itself here.',
    'Start with a loader (`node --import tsx`), or use Node.js 22.18 or later, which strips types.',
  ),
  whenCode('typescript-stripping', ['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'], () => ({
    title: 'Node.js only leaves types out; it does not translate TypeScript.',
    text: 'Enums, namespaces with values, parameter properties and `import =` need a translator, such as tsx (`node --import tsx`). Or write them in JavaScript: `const Color = { Red: 0 } as const`.',
    command: 'npm install --save-dev tsx',
  })),
  plain(
    'import-attribute',
    /needs an import attribute of "?type: json|ERR_IMPORT_ATTRIBUTE_MISSING|needs an import assertion of type "json"/,
    'JSON is imported without saying that it is JSON.',
    "Write `import data from './data.json' with { type: 'json' }`.",
  ),
  plain(
    'native-module-version',
    /was compiled against a different Node\.js version using\s+NODE_MODULE_VERSION (\d+)/,
    'A native module was built for another version of Node.js (module version {1}).',
    'Build it again for this one: `npm rebuild`.',
  ),
]
