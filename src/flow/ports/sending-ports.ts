/** When something last happened anywhere, across processes. */
export type Heartbeat = 'sweep' | 'claim' | 'probe' | 'rewrite'

export interface Heartbeats {
  beat(name: Heartbeat, now: number): Promise<void>
  last(name: Heartbeat): Promise<number | null>
}

/** Whether mail may go out at all. `paused` lets one probe through at `probeAt`, or none while that is null; `held` waits for a person. */
export interface SendingStatus {
  readonly state: 'open' | 'paused' | 'held'
  readonly reason: string
  readonly since: number
  readonly probeAt: number | null
  /** Attempts in a row, across workers, at which the relay could not be reached or refused the sender. */
  readonly failures: number
  /** The first policy refusal since the relay last accepted a message, ms UTC; null when none came since. */
  readonly refusedSince: number | null
  /** What the last pause came from; null before there was one. */
  readonly cause: PauseCause | null
}

/** A relay that is away or refuses the sender; one that refuses every recipient; reports of recipients' servers. */
export type PauseCause = 'relay' | 'refusals' | 'reports'

export interface SendingState {
  status(): Promise<SendingStatus>
  /** True for exactly one caller once `probeAt` is reached; the next probe is then at `nextProbeAt`. */
  takeProbe(now: number, nextProbeAt: number): Promise<boolean>
  /** Counts a failure and returns how many in a row. */
  countFailure(): Promise<number>
  clearFailures(): Promise<void>
  /** Notes a policy refusal; a first one since the last acceptance begins the count. */
  recordRefusal(now: number): Promise<void>
  /** The relay accepted a message. */
  clearRefusals(): Promise<void>
  /** Moves the next probe; false when it was not at `from`. */
  moveProbe(from: number, to: number): Promise<boolean>
  /** False when it was paused or held already. */
  pause(reason: string, cause: PauseCause, now: number, probeAt: number): Promise<boolean>
  /** Pauses without probes, until a person resumes; false when it was paused so, or held, already. */
  pauseForPerson(reason: string, now: number): Promise<boolean>
  hold(reason: string, now: number): Promise<void>
  /** Opens it from the given state; false when it was in another. */
  open(from: 'paused' | 'held', now: number): Promise<boolean>
}
