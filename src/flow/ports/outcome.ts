/** How one delivery attempt ended. `until`, ms UTC: when to try again. */
export type Outcome =
  | { readonly kind: 'sent' | 'failed' | 'expired' | 'cancelled' | 'unconfirmed' | 'set-aside' | 'settled' | 'taken' }
  | { readonly kind: 'early' | 'deferred' | 'held'; readonly until: number }
