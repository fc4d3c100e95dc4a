/** A provider's limits, as one worker meets them; all workers share them. Every call may fail while the database is away. */
export interface RelayPermits {
  /** Messages a second at most, of all workers together; null: no limit. */
  readonly rate: number | null
  /** A connection that was taken stays ours this long, ms, unless `keepConnections` was called meanwhile. */
  readonly leaseMs: number
  /**
   * Takes up to `wanted` more and says how many it has then. What it did not get the other workers learn of; 0 takes that
   * back.
   */
  takeConnections(wanted: number): Promise<number>
  /**
   * Holds on to what it has: `held` is how many that is, fewer than before when we were taken for dead. `owed` of them
   * are to be given up soon, because others need them more; `unused` is how many it can do without.
   */
  keepConnections(unused: number): Promise<{ readonly held: number; readonly owed: number }>
  /** Gives back connections that are closed. */
  giveConnections(count: number): Promise<void>
  /**
   * Reserves the next `count` messages: the first may begin in `inMs`, the others one after another at the rate. Null
   * reserves nothing: ask again in `inMs`.
   */
  reserveMessages(count: number): Promise<{ readonly count: number | null; readonly inMs: number }>
  /** Gives back everything. */
  leave(): Promise<void>
}
