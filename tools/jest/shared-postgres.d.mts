/** Starts a cluster and names it in TEST_POSTGRES. */
export function start(): Promise<void>
/** Ends the cluster that `start` has started, if any. */
export function stop(): Promise<void>
