// Gunicorn and supervisor: four workers on one port. kill -HUP reloads them one by one, SIGUSR1 restarts all.

import { createSupervisor } from 'rocksolid/dev'

const supervisor = createSupervisor({
  entry: new URL('./worker.mjs', import.meta.url).pathname,
  workers: 4,
  pidFile: 'app.pid',
})
process.exitCode = await supervisor.run()
