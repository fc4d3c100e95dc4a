/** Shows the progress of the benchmark. */
export interface Progress {
  /** Starts a step. */
  step(what: string): void
  /** Share of the step, 0 to 1. */
  at(share: number): void
  /** Ends the step. */
  done(): void
}

const WIDTH = 24
const EVERY_MS = 100

/** A progress bar in a terminal; elsewhere one line per step, for readable logs. */
export function createProgress(out: NodeJS.WriteStream, now: () => number = () => performance.now()): Progress {
  let what = ''
  let startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (share: number) => {
    if (!out.isTTY) return
    drawnAt = now()
    const line = `${bar(share)} ${String(Math.round(share * 100)).padStart(3)}%  ${what}`
    out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`)
  }
  return {
    step(name) {
      what = name
      startedAt = now()
      draw(0)
    },
    at(share) {
      if (now() - drawnAt >= EVERY_MS) draw(Math.min(1, Math.max(0, share)))
    },
    done() {
      if (what === '') return
      const seconds = ((now() - startedAt) / 1_000).toFixed(1)
      out.write(out.isTTY ? `\r\x1b[2K` : `${what}: ${seconds} s\n`)
      what = ''
    },
  }
}

export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
}
