/**
 * `npm run gallery`: draws every typical and every hostile error in each form to `.artifacts/gallery/`, to be
 * looked at. With `-- --shots` it also takes pictures of the typical ones in light, dark and narrow windows.
 */

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '..', '..')
const folder = join(root, '.artifacts', 'gallery')
const load = (path) => import(pathToFileURL(join(root, path)).href)

const { buildReport } = await load('src/report/build-report.ts')
const { renderHtml } = await load('src/report/render-html.ts')
const { reportToProblem } = await load('src/report/render-json.ts')
const { renderMarkdown } = await load('src/report/render-markdown.ts')
const { renderText } = await load('src/report/render-text.ts')
const { lineValues } = await load('src/report/line-values.ts')
const { EDITORS } = await load('src/report/editors.ts')
const { typicalErrors } = await load('test/report/typical-errors.ts')
const { hostileValues } = await load('test/report/hostile-values.ts')

const LOCALS = { sum: 0, price: undefined, item: { name: 'hat', count: 2 }, userId: 1 }
const lookup = (name) => (name in LOCALS ? { value: LOCALS[name] } : undefined)
const LOGS =
  '12:50:44 \x1b[32mINFO\x1b[39m  price list loaded, 2 goods\n12:50:45 \x1b[33mWARN\x1b[39m  no price for hat'

async function draw(name, error, context) {
  const report = await buildReport(error, context)
  const forms = {
    html: await renderHtml(report, { live: new Set(['0.0']), editor: EDITORS.vscode }),
    txt: renderText(report),
    ansi: renderText(report, { color: true }),
    md: renderMarkdown(report),
    json: JSON.stringify(reportToProblem(report, 500), null, 2),
  }
  for (const [form, text] of Object.entries(forms)) await writeFile(join(folder, `${name}.${form}`), text)
  return `<li>${Object.keys(forms)
    .map((form) => `<a href="${name}.${form}">${form === 'html' ? name : form}</a>`)
    .join(' ')}</li>`
}

async function shoot(names) {
  const { openBrowser } = await load('test/support/browser.ts')
  const browser = await openBrowser()
  const windows = {
    light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
    dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
    narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  }
  for (const name of names) {
    for (const [kind, options] of Object.entries(windows)) {
      const page = await browser.newPage(options)
      await page.goto(pathToFileURL(join(folder, `${name}.html`)).href)
      await page.screenshot({ path: join(folder, `${name}.${kind}.png`) })
      await page.close()
    }
  }
  await browser.close()
}

process.chdir(root)
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const items = []
const typical = await typicalErrors()
for (const [name, { error, req }] of Object.entries(typical)) {
  const valuesOf = (_error, _frame, line) =>
    /price\.toFixed/.test(line) ? lineValues(line, lookup) : undefined
  items.push(
    await draw(name, error, { ...(req && { req }), valuesOf, sections: [{ name: 'Logs', text: LOGS }] }),
  )
}
for (const [name, make] of Object.entries(hostileValues)) {
  items.push(await draw(`hostile-${name.replaceAll(/[^\w]+/g, '-')}`, make(), {}))
}
await writeFile(
  join(folder, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Gallery</title><ul>${items.join('\n')}</ul>`,
)
if (process.argv.includes('--shots')) await shoot(Object.keys(typical))
console.log(`${items.length} errors drawn to ${folder}`)
