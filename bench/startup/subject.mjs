/**
 * In a process of its own: `subject.mjs time|modules <package>` imports it and tells how long that took, or what was
 * loaded. A server has node:http already.
 */

import 'node:http'
import { Session } from 'node:inspector'

const [mode, name] = process.argv.slice(2)
const files = new Set()
const session = new Session()

if (mode === 'modules') {
  session.connect()
  session.on('Debugger.scriptParsed', ({ params }) => {
    const isFile = params.url.startsWith('file:') || params.url.startsWith('/')
    if (isFile && params.url !== import.meta.url) files.add(params.url.replace('file://', ''))
  })
  session.post('Debugger.enable')
  files.clear()
}
const before = new Set(process.moduleLoadList)
const started = performance.now()
if (name !== 'nothing') await import(name)
const ms = performance.now() - started
const builtins = process.moduleLoadList.filter(
  (entry) => entry.startsWith('NativeModule ') && !entry.includes('internal/') && !before.has(entry),
)
console.log(JSON.stringify({ ms, files: files.size, builtins: builtins.length }))
process.exit()
