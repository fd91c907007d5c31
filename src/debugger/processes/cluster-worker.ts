/** Whether this process is a worker of `node:cluster`; the module is asked only where it is loaded anyway. */

export function isClusterWorker(): boolean {
  // A worker talks to its primary; without a channel there is no reason to load the module.
  if (process.send === undefined) return false
  try {
    const cluster: unknown = process.getBuiltinModule?.('node:cluster')
    return (cluster as { readonly isWorker?: boolean } | undefined)?.isWorker === true
  } catch {
    return false
  }
}
