/**
 * Batches the calls made within one turn of the event loop into one call of `work`, in order: writers that share a
 * commit continue in the same turn, and each of them enqueues. All callers await the whole batch and get its error.
 */
export function batchPerTick<T>(work: (all: readonly T[]) => Promise<void>): (some: readonly T[]) => Promise<void> {
  let gathering: { readonly all: T[]; readonly done: Promise<void> } | null = null

  function begin() {
    const all: T[] = []
    const done = new Promise<void>((resolve) => {
      // Runs after all promises settled in this turn and before further I/O, so that no caller waits longer than
      // needed.
      process.nextTick(() => {
        gathering = null
        resolve(work(all))
      })
    })
    return { all, done }
  }

  return (some) => {
    gathering ??= begin()
    for (const one of some) gathering.all.push(one)
    return gathering.done
  }
}
