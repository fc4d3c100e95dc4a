import { createHash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import type { Row, TableShape, Tables } from './tables.ts'

/** Rows read and written at a time: about a megabyte of sealed answers. */
const PAGE = 1_000

export interface CopyProgress {
  readonly table: string
  readonly rows: number
  readonly isChecking: boolean
}

interface Copy {
  readonly from: Tables
  readonly to: Tables
  readonly shapes: readonly TableShape[]
  /** Called after each page with the rows of the table so far. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
}

/**
 * Copies every table in the order of its keys, and continues after the rows that are there: tables must come after those they
 * refer to. Then sets the highest ids, and compares number and checksum of the rows of every table. Nothing else may write to
 * either side. Throws AppError 'misconfigured' if the two differ.
 */
export async function copyTables(copy: Copy): Promise<void> {
  const { from, to, shapes, onProgress } = copy
  for (const shape of shapes) {
    let after = await to.lastKey(shape)
    for (let rows = 0; ; ) {
      const page = await from.page(shape, after, PAGE)
      const last = page.at(-1)
      if (last === undefined) break
      await insert(to, shape, page)
      rows += page.length
      after = shape.key.map((column) => last[column] ?? null)
      onProgress?.({ table: shape.name, rows, isChecking: false })
    }
  }
  const names = new Set(shapes.map(({ name }) => name))
  await to.setHighestIds(new Map([...(await from.highestIds())].filter(([table]) => names.has(table))))
  const differing = await compareTables(copy)
  if (differing.length > 0)
    throw new AppError(
      'misconfigured',
      `The copy differs from the original in ${differing.join(', ')}: one of them was changed meanwhile. ` +
        'Stop every process that uses either database, empty the copy, and start again.',
    )
}

/** Names of the tables whose rows differ. */
async function compareTables({ from, to, shapes, onProgress }: Copy): Promise<readonly string[]> {
  const differing: string[] = []
  for (const shape of shapes) {
    const one = await digestOf(from, shape, (rows) => onProgress?.({ table: shape.name, rows, isChecking: true }))
    const other = await digestOf(to, shape)
    if (one.rows !== other.rows || one.sha256 !== other.sha256) differing.push(shape.name)
  }
  return differing
}

/** The number of rows, and a checksum over them in the order of their keys. Both engines give the same for the same rows. */
export async function digestOf(
  tables: Tables,
  shape: TableShape,
  onPage: (rows: number) => void = () => {},
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let rows = 0
  for (let page = await tables.page(shape, null, PAGE); page.length > 0; ) {
    for (const row of page) hash.update(canonical(shape, row))
    rows += page.length
    onPage(rows)
    const last = page.at(-1) as Row
    page = await tables.page(
      shape,
      shape.key.map((column) => last[column] ?? null),
      PAGE,
    )
  }
  return { rows, sha256: hash.digest('hex') }
}

/** Each value as its type, its length and its text, so that no two different rows read alike. */
function canonical({ columns }: TableShape, row: Row): string {
  return `${columns
    .map(({ name }) => {
      const value = row[name] ?? null
      if (value === null) return '-'
      if (typeof value === 'number') return `n${value};`
      if (typeof value === 'string') return `t${value.length}:${value}`
      return `b${value.length}:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`
    })
    .join('')}\n`
}

/** What one engine keeps and the other refuses, such as U+0000 in a text, is named by table and id, never by content. */
async function insert(to: Tables, shape: TableShape, page: readonly Row[]): Promise<void> {
  try {
    await to.insert(shape, page)
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = String((error as { code?: unknown }).code ?? 'unknown')
    const ids = page.map(({ id }) => id).filter((id) => typeof id === 'number')
    const place = ids.length === 0 ? '' : ` with an id from ${ids[0]} to ${ids.at(-1)}`
    throw new AppError(
      'misconfigured',
      `A row of ${shape.name}${place} cannot be copied (${code}). Correct it in the original, then start again.`,
      { cause: error },
    )
  }
}
