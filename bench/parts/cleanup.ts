/** What has been opened and must be closed, whatever happens: the latest first. */
export interface Cleanup {
  add(close: () => Promise<void> | void): void
  /** Closes everything added so far; asked again meanwhile, waits for it too. A failure holds up nothing and is thrown at the end. */
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

/** Does the work with a cleanup of its own, and closes that when the work has ended, well or not. */
export async function withCleanup<T>(outer: Cleanup, work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const inner = createCleanup()
  // Ctrl-C reaches the outermost one alone.
  outer.add(() => inner.run())
  try {
    return await work(inner)
  } finally {
    await inner.run()
  }
}
