import type { SendingState, SendingStatus } from '../../flow/ports/sending-ports.ts'

/** Each message checks the state twice, so it is cached. Changes by other processes show within this time, ms. */
const CACHED_MS = 20

export interface CachedSendingState {
  /** For use outside transactions: answers from the cache. */
  readonly outside: SendingState
  /** The state within a transaction: answers from the database. */
  within(state: SendingState): SendingState
  /** Call after each transaction. */
  ended(): void
}

/** Caches the status briefly. Changes made by this process invalidate the cache at once. */
export function cacheSendingState(state: SendingState): CachedSendingState {
  let known: { readonly status: Promise<SendingStatus>; readonly until: number } | null = null
  let isChanging = false

  const forget = () => {
    known = null
  }
  const changing =
    <A extends unknown[], T>(change: (...args: A) => Promise<T>, after: () => void) =>
    async (...args: A): Promise<T> => {
      try {
        return await change(...args)
      } finally {
        after()
      }
    }
  const watched = (inner: SendingState, after: () => void): SendingState => ({
    status: inner.status,
    takeProbe: changing(inner.takeProbe, after),
    countFailure: changing(inner.countFailure, after),
    clearFailures: changing(inner.clearFailures, after),
    recordRefusal: changing(inner.recordRefusal, after),
    clearRefusals: changing(inner.clearRefusals, after),
    moveProbe: changing(inner.moveProbe, after),
    pause: changing(inner.pause, after),
    pauseForPerson: changing(inner.pauseForPerson, after),
    hold: changing(inner.hold, after),
    open: changing(inner.open, after),
  })

  return {
    outside: {
      ...watched(state, forget),
      // A hundred deliveries ask in the same moment, so the query is shared from its start and not from its end.
      status() {
        const now = performance.now()
        if (known !== null && now < known.until) return known.status
        const asked = { status: state.status(), until: now + CACHED_MS }
        asked.status.catch(() => {
          if (known === asked) known = null
        })
        known = asked
        return asked.status
      },
    },
    within: (inner) =>
      watched(inner, () => {
        isChanging = true
      }),
    ended() {
      if (isChanging) forget()
      isChanging = false
    },
  }
}
