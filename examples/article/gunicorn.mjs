// The article's Gunicorn with supervisor and watchdog: four workers, a pid file, and a watcher that sends SIGHUP. The
// server itself (gunicorn-app.mjs) stays "super clean and simple", and its prints are seen.
//
//   node examples/article/gunicorn.mjs          or, without the watcher:
//   npx rocksolid serve --workers 4 --pid app.pid examples/article/gunicorn-app.mjs

import { watch } from 'node:fs'
import { createSupervisor } from 'rocksolid/dev'

const supervisor = createSupervisor({
  entry: new URL('./gunicorn-app.mjs', import.meta.url).pathname,
  workers: 4,
  pidFile: 'app.pid',
  access: true,
})

// watchmedo shell-command --patterns="*.py;*.html;*.css;*.js" --command='kill -HUP $(cat app.pid)'
let timer
const watcher = watch(process.env.WATCHED ?? new URL('.', import.meta.url).pathname, (_event, name) => {
  if (!/\.(?:[cm]?js|html|css)$/.test(name ?? '')) return
  clearTimeout(timer)
  timer = setTimeout(() => process.kill(process.pid, 'SIGHUP'), 100)
})
process.exitCode = await supervisor.run()
watcher.close()
