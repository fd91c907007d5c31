/** The runner as a library: reload asked for in code, and a supervisor of workers. */

export { autoreload, type ReloadOptions, runWithReloader } from './dev/reload.ts'
export { createSupervisor, type Supervisor, type SupervisorOptions } from './dev/supervise.ts'
