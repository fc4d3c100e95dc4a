/** A stack of things to close in any case, the latest first. */
export interface Cleanup {
  add(close: () => Promise<void> | void): void
  /**
   * Closes everything added so far; concurrent calls wait for it too. A failure does not stop the others, and is thrown
   * at the end.
   */
  run(): Promise<void>
}

export function createCleanup(): Cleanup {
  const closers: (() => Promise<void> | void)[] = []
  let running: Promise<void> | null = null
  const closeAll = async () => {
    const problems: unknown[] = []
    for (let close = closers.pop(); close; close = closers.pop()) {
      try {
        await close()
      } catch (error) {
        problems.push(error)
      }
    }
    if (problems.length > 0) throw problems[0]
  }
  return {
    add: (close) => void closers.push(close),
    run() {
      running ??= closeAll().finally(() => {
        running = null
      })
      return running
    },
  }
}

/** Runs the work with its own cleanup, which is run when the work ends or fails. */
export async function withCleanup<T>(outer: Cleanup, work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const inner = createCleanup()
  // On Ctrl-C only the outermost cleanup is run.
  outer.add(() => inner.run())
  try {
    return await work(inner)
  } finally {
    await inner.run()
  }
}
