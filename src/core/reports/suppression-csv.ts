import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import isEmail from 'validator/lib/isEmail.js'
import { addressKey, type SecretKeys } from '../security/keys.ts'
import { mac } from '../security/mac.ts'

const COLUMNS = ['address_key', 'reason', 'created_at', 'key_id'] as const
/** Column names under which relays export their own lists. */
const ADDRESS_COLUMNS = ['email', 'address', 'recipient', 'email address', 'emailaddress']
const MAX_REASON = 100

export interface SuppressionLine {
  readonly addressKey: string
  /** '' if the list gives none. */
  readonly reason: string
  /** ms UTC; null if the list does not say. */
  readonly createdAt: number | null
}

/** What is wrong with a line. A hash made with another SECRET_KEY would never match anybody, and nobody would notice. */
export type LineProblem = 'no-address' | 'no-key' | 'other-key'

export type ReadSuppressions =
  | {
      readonly lines: readonly SuppressionLine[]
      /** 1-based numbers of lines in the text; what they contain is not repeated. */
      readonly problems: readonly { readonly line: number; readonly what: LineProblem }[]
    }
  /** Nothing of it can be used: no column of addresses, or a quoted cell without an end. */
  | { readonly problem: 'no-column' | 'open-quote' }

/** Reads an RFC 4180 list with a column of addresses, or one that `formatSuppressions` wrote. */
export function readSuppressions(keys: Pick<SecretKeys, 'addresses'>, text: string): ReadSuppressions {
  const rows = parseRows(text)
  if (rows === null) return { problem: 'open-quote' }
  const header = (rows.shift()?.cells ?? []).map((cell) => cell.toLowerCase())
  const keyColumn = header.indexOf('address_key')
  const column = keyColumn >= 0 ? keyColumn : header.findIndex((name) => ADDRESS_COLUMNS.includes(name))
  if (column < 0) return { problem: 'no-column' }
  const [reasonColumn, dateColumn, idColumn] = ['reason', 'created_at', 'key_id'].map((name) => header.indexOf(name))
  const lines: SuppressionLine[] = []
  const problems: { line: number; what: LineProblem }[] = []
  for (const { cells, line } of rows) {
    const cell = (index: number | undefined) => cells[index ?? -1] ?? ''
    const value = cell(column)
    const what = keyColumn >= 0 ? keyProblem(keys, value, cell(idColumn)) : isAddress(value) ? null : 'no-address'
    if (what !== null) {
      problems.push({ line, what })
      continue
    }
    const createdAt = Date.parse(cell(dateColumn))
    lines.push({
      addressKey: keyColumn >= 0 ? value : addressKey(keys, value),
      reason: cell(reasonColumn).replace(GUARDED_FORMULA, '').slice(0, MAX_REASON),
      createdAt: Number.isNaN(createdAt) ? null : createdAt,
    })
  }
  return { lines, problems }
}

/** The list as CSV: keyed hashes, never addresses. */
export function formatSuppressions(
  keys: Pick<SecretKeys, 'addresses'>,
  rows: readonly { readonly addressKey: string; readonly reason: string; readonly createdAt: number }[],
): string {
  const id = keyId(keys)
  // Only the reason is anybody's text. An address key may begin with "-", and must come back as it is.
  return stringify(
    rows.map((row) => [row.addressKey, row.reason.replace(FORMULA, "'"), new Date(row.createdAt).toISOString(), id]),
    { header: true, columns: [...COLUMNS] },
  ).trimEnd()
}

export function isAddress(text: string): boolean {
  return isEmail.default(text.trim(), { allow_utf8_local_part: true })
}

function keyProblem(keys: Pick<SecretKeys, 'addresses'>, value: string, id: string): LineProblem | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(value)) return 'no-key'
  return id === keyId(keys) ? null : 'other-key'
}

function keyId(keys: Pick<SecretKeys, 'addresses'>): string {
  return mac(keys.addresses, 'id of this key').toString('hex').slice(0, 12)
}

interface Row {
  readonly cells: readonly string[]
  /** 1-based line on which the row begins. */
  readonly line: number
}

/** Rows of a file, however many cells each has; null if a quoted cell does not end. */
function parseRows(text: string): Row[] | null {
  const rows: Row[] = []
  try {
    parse(text, {
      ...{ bom: true, trim: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], { lines }) => {
        rows.push({ cells, line: lines - (cells.join('').match(/\r\n|\r|\n/g)?.length ?? 0) })
        return null
      },
    })
    return rows
  } catch (error) {
    // The parser's own message may quote what it read.
    if (error instanceof CsvError) return null
    throw error
  }
}

/** A spreadsheet runs a cell that begins with one of these as a formula; with an apostrophe in front it is text. */
const FORMULA = /^(?='*[=+\-@\t\r])/
const GUARDED_FORMULA = /^'(?='*[=+\-@\t\r])/
