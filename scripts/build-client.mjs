/**
 * Turns what browsers get into TypeScript modules, so that the package carries it as code:
 * `src/report/html/*.css` becomes style.generated.ts; the clients of the debugger and of the overlay in pages become
 * client.generated.ts beside them.
 * Run before anything that compiles; `npm run build`, `npm run types` and `npm test` do. Writes only what changed.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'

const root = resolve(fileURLToPath(import.meta.url), '..', '..')
const BROWSERS = ['es2022', 'chrome100', 'firefox100', 'safari15.4']

const constant = (name, comment, text) =>
  `/** ${comment} */\nexport const ${name} = ${JSON.stringify(text)}\n`

function write(path, code) {
  const text = `// Written by scripts/build-client.mjs; not to be edited.\n\n${code}`
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(path, text)
}

/** All style sheets of a folder in the order of their names, minified; safe inside `<style>`. */
async function styleOf(folder) {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.css'))
        .sort()
    : []
  const source = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  const { code } = await transform(source, { loader: 'css', minify: true, target: BROWSERS })
  return code.trim().replace(/<\/(style)/gi, (_whole, name) => `<\\/${name}`)
}

/** One script from an entry and all it imports, minified; safe inside `<script>`. */
async function scriptOf(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    define,
    write: false,
    format: 'iife',
    minify: true,
    target: BROWSERS,
    platform: 'browser',
    legalComments: 'none',
    charset: 'utf8',
  })
  return outputFiles[0].text
    .trim()
    .replace(/<\/(script)/gi, (_whole, name) => `<\\/${name}`)
    .replace(/<!--/g, () => '<\\!--')
}

const page = join(root, 'src/report/html')
write(
  join(page, 'style.generated.ts'),
  constant('PAGE_STYLE', 'The style sheet of the error page.', await styleOf(page)),
)

const client = join(root, 'src/debugger/client')
if (existsSync(join(client, 'main.ts'))) {
  const script = constant('CLIENT_SCRIPT', "The page's live part.", await scriptOf(join(client, 'main.ts')))
  const style = constant('CLIENT_STYLE', 'Its style sheet.', await styleOf(client))
  write(join(root, 'src/debugger/client.generated.ts'), `${script}\n${style}`)
}

const overlay = join(root, 'src/dev/overlay/client')
const overlayScript = await scriptOf(join(overlay, 'main.ts'), {
  OVERLAY_STYLE: JSON.stringify(await styleOf(overlay)),
})
write(
  join(root, 'src/dev/overlay/client.generated.ts'),
  constant('OVERLAY_SCRIPT', "The overlay's script with its style.", overlayScript),
)
