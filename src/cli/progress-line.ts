interface Progress {
  readonly table: string
  readonly rows: number
  readonly isChecking: boolean
}

/** Shows on one line of a terminal how far a copy is; silent where there is none, such as in a log. */
export function createProgressLine(
  terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): (progress: Progress) => void {
  if (!terminal.isTTY) return () => {}
  return ({ table, rows, isChecking }) => {
    terminal.write(`\r\u001b[K${isChecking ? 'compared' : 'copied'} ${table}: ${rows.toLocaleString('en')} rows `)
  }
}
