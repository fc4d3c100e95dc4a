import type { DeliveryKind } from '../../core/model.ts'

/** The queue's side: wake-up calls that carry an id and nothing else. Losing them loses nothing: the sweep repairs. */
export interface WakeUps {
  /** Tells the queue that rows became due, or will. Called after commit. Never throws, never waits long. */
  plan(deliveries: readonly WakeUp[]): Promise<void>
  /** Until when (ms UTC) every waiting row has its wake-up; null when the queue has forgotten, was restarted or cannot be asked. */
  plannedUntil(): Promise<number | null>
  /** False when the queue could not take them all: then `plannedUntil` stays. */
  planUpTo(deliveries: AsyncIterable<readonly WakeUp[]>, until: number): Promise<boolean>
  isAlive(): Promise<boolean>
}

export interface WakeUp {
  readonly id: number
  readonly dueAt: number
  readonly kind: DeliveryKind
}
