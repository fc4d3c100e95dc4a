import type { DeliveryKind } from '../../core/model.ts'

/** Wake-up calls in the queue, each with nothing but an id. Losing them is safe, because the sweep finds the rows. */
export interface WakeUps {
  /**
   * Tells the queue that rows are due now or later. Called after the commit. Never throws and never blocks for long.
   */
  plan(deliveries: readonly WakeUp[]): Promise<void>
  /**
   * Until when (ms UTC) every waiting row has a wake-up. Null if the queue was flushed, was restarted or is
   * unreachable.
   */
  plannedUntil(): Promise<number | null>
  /** False if the queue could not take them all; then `plannedUntil` does not change. */
  planUpTo(deliveries: AsyncIterable<readonly WakeUp[]>, until: number): Promise<boolean>
  isAlive(): Promise<boolean>
}

export interface WakeUp {
  readonly id: number
  readonly dueAt: number
  readonly kind: DeliveryKind
}
