/** A table of formatted text; numbers are right-aligned. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** For a terminal: aligned columns without borders. */
export function asText(table: Table): string {
  const widths = widthsOf(table, (cell) => cell)
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, isNumeric(table, column))).join('  ')}`.trimEnd()
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [table.title, line(table.columns), rule, ...table.rows.map(line)].join('\n')
}

export function asMarkdown(table: Table): string {
  const widths = widthsOf(table, asCell).map((width) => Math.max(3, width))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(asCell(cell), widths[column] ?? 0, isNumeric(table, column))).join(' | ')} |`
  const rule = `|${widths
    .map((width, column) => (isNumeric(table, column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2)))
    .join('|')}|`
  return [`### ${table.title}`, '', line(table.columns), rule, ...table.rows.map(line)].join('\n')
}

function widthsOf({ columns, rows }: Table, shown: (cell: string) => string): number[] {
  return columns.map((name, column) =>
    Math.max(shown(name).length, ...rows.map((row) => shown(row[column] ?? '').length)),
  )
}

function isNumeric({ rows }: Table, column: number): boolean {
  const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell !== '' && cell !== '-')
  return cells.length > 0 && cells.every((cell) => /^[-+]?[\d.,]+( ?[a-zA-Zµ%/]{1,4})?$/.test(cell))
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width)
}

function asCell(cell: string): string {
  return cell.replaceAll('|', '\\|')
}

/** With thousands separators and suitable decimals; `-` if unknown. */
export function figure(value: number | null, decimals?: number): string {
  if (value === null || !Number.isFinite(value)) return '-'
  const places = decimals ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
  return value.toLocaleString('en-GB', { minimumFractionDigits: places, maximumFractionDigits: places })
}
