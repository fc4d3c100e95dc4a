/** When something last happened in any process. `backup`: the backup from which this database was restored. */
export type Heartbeat = 'sweep' | 'claim' | 'probe' | 'rewrite' | 'backup'

export interface Heartbeats {
  beat(name: Heartbeat, now: number): Promise<void>
  last(name: Heartbeat): Promise<number | null>
}

/**
 * Whether any email may be sent. `paused` allows one probe at `probeAt`, or none while that is null; `held` waits for
 * an operator.
 */
export interface SendingStatus {
  readonly state: 'open' | 'paused' | 'held'
  readonly reason: string
  readonly since: number
  readonly probeAt: number | null
  /** Consecutive attempts, across workers, at which the relay could not be reached or refused the sender. */
  readonly failures: number
  /** The first policy refusal since the relay last accepted a message, ms UTC; null if there was none. */
  readonly refusedSince: number | null
  /** The cause of the last pause or hold; null if there was none, or a hold by an earlier version. */
  readonly cause: PauseCause | HoldCause | null
}

/** The relay is unreachable or refuses the sender; it refuses every recipient; or recipients' servers sent reports. */
export type PauseCause = 'relay' | 'refusals' | 'reports'

/**
 * The database is an older copy; an operator asked for it; the database is being moved to another one, was moved here, or was
 * moved away and is no longer the one in use.
 */
export type HoldCause = 'restored' | 'operator' | 'moving' | 'moved-here' | 'moved-away'

export interface SendingState {
  status(): Promise<SendingStatus>
  /** True for exactly one caller once `probeAt` is reached. The next probe is then due at `nextProbeAt`. */
  takeProbe(now: number, nextProbeAt: number): Promise<boolean>
  /** Counts a failure and returns the number of consecutive failures. */
  countFailure(): Promise<number>
  clearFailures(): Promise<void>
  /** Records a policy refusal. The first one since the last accepted message sets `refusedSince`. */
  recordRefusal(now: number): Promise<void>
  /** Called when the relay has accepted a message. */
  clearRefusals(): Promise<void>
  /** Moves the next probe. False if it was not due at `from`. */
  moveProbe(from: number, to: number): Promise<boolean>
  /** False if sending was already paused or held. */
  pause(reason: string, cause: PauseCause, now: number, probeAt: number): Promise<boolean>
  /** Pauses without probes until an operator resumes. False if sending was already paused this way, or held. */
  pauseForPerson(reason: string, now: number): Promise<boolean>
  /** Whatever the state was. Waits for an operator. */
  hold(reason: string, cause: HoldCause, now: number): Promise<void>
  /** Resumes sending from the given state. False if it was in a different one. */
  open(from: 'paused' | 'held', now: number): Promise<boolean>
}
