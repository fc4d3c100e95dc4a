/**
 * Does at once what is asked within one turn of the event loop, in the order of asking: writers that shared a commit go on
 * together, and each of them asks. Everyone waits for the whole, and hears of its failure.
 */
export function batchPerTick<T>(work: (all: readonly T[]) => Promise<void>): (some: readonly T[]) => Promise<void> {
  let gathering: { readonly all: T[]; readonly done: Promise<void> } | null = null

  function begin() {
    const all: T[] = []
    const done = new Promise<void>((resolve) => {
      // Comes after every promise that this turn settles and before any further input, so that nobody waits for others.
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
