// The article's Rocket: logging to stdout, SIGUSR1 restarts, SIGTERM shuts down. It had no reload of its own; this has.
//
//   node examples/article/rocket.mjs, then kill -SIGUSR1 <pid> or kill -SIGTERM <pid>

import { createSupervisor } from 'rocksolid/dev'

console.log(`pid ${process.pid}`)
process.exitCode = await createSupervisor({
  entry: new URL('./gunicorn-app.mjs', import.meta.url).pathname,
  workers: 1,
  access: true,
}).run()
