/** A request to change an address. Instants are ms UTC. */
export interface AddressChange {
  /** The delivery that asked the new address first. */
  readonly id: number
  readonly learnerId: number
  /** The learner row that holds the other address: the new one before the change, the former one after it. Null: gone. */
  readonly otherId: number | null
  readonly askedAt: number
  readonly changedAt: number | null
  /** When the former address undid it. */
  readonly undoneAt: number | null
  /** When the new address confirmed once more after that. */
  readonly confirmedAgainAt: number | null
  /** Whether an operator asked for it rather than the learner. */
  readonly isCorrection: boolean
}

export interface AddressChanges {
  ask(row: { id: number; learnerId: number; otherId: number; isCorrection?: boolean; now: number }): Promise<void>
  find(id: number): Promise<AddressChange | null>
  /** The change in which this learner row has the former address; null if there is none. */
  byFormer(otherId: number): Promise<AddressChange | null>
  /** The learner's last change that was made. */
  latest(learnerId: number): Promise<AddressChange | null>
  /** The first change after this instant (ms UTC) that gave this learner row another address. */
  nextOf(learnerId: number, since: number): Promise<AddressChange | null>
  /** The learner's changes that the former address undid and that wait for the new one, oldest first. */
  undone(learnerId: number): Promise<readonly AddressChange[]>
  /**
   * Exchanges the two addresses, so that the other row has the former one. False, changing nothing, if this was done
   * before, or another address was asked or confirmed since. What others asked the new address before is forgotten,
   * because that row has another address from now on.
   */
  make(id: number, now: number): Promise<boolean>
  /** True for exactly one caller, and only for a change made after this instant. */
  undo(id: number, row: { now: number; changedAfter: number }): Promise<boolean>
  /** True for exactly one caller, after an undo. */
  confirmAgain(id: number, now: number): Promise<boolean>
  /**
   * Deletes changes asked before `madeBefore` and never made. Of those made before it, unless the new address still has to
   * confirm, the learner rows that have nothing but the other address, and the change itself once made before `keptSince`.
   */
  forget(row: { madeBefore: number; keptSince: number }): Promise<void>
}
