/** Whether this process is one of several that serve the same: a worker of `node:cluster`, or of `rocksolid serve`. */

export function isWorker(): boolean {
  // Set by the supervisor for those it starts.
  if (process.env.ROCKSOLID_WORKER !== undefined) return true
  // A worker talks to its primary; without a channel there is no reason to load the module.
  if (process.send === undefined) return false
  try {
    const cluster: unknown = process.getBuiltinModule?.('node:cluster')
    return (cluster as { readonly isWorker?: boolean } | undefined)?.isWorker === true
  } catch {
    return false
  }
}
