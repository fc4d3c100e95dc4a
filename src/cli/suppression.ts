import { readFile } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import validator from 'validator'
import { AppError } from '../core/errors.ts'
import { addressKey } from '../core/security/keys.ts'
import { mac } from '../core/security/mac.ts'
import type { Ports } from '../flow/ports/ports.ts'
import { suppress } from '../flow/reports/suppress.ts'

export const SUPPRESSION_USAGE = `npm run suppression -- check <address>      whether mail to this address is withheld, since when and why
npm run suppression -- add <address>        withholds mail from now on, and cancels what is planned
npm run suppression -- remove <address>     allows email to this address again; cancelled deliveries stay cancelled
npm run suppression -- import <file.csv>    adds every address of a column "email" or "address", or what export wrote
npm run suppression -- export               writes the list as CSV: keyed hashes, never addresses`

const COLUMNS = ['address_key', 'reason', 'created_at', 'key_id'] as const
/** Column names under which relays export their own lists. */
const ADDRESS_COLUMNS = ['email', 'address', 'recipient', 'email address', 'emailaddress']

/** Lets the operator edit the suppression list. Returns what to print and the exit status. */
export async function runSuppression(
  ports: Pick<Ports, 'clock' | 'keys' | 'store'>,
  args: readonly string[],
): Promise<{ text: string; status: number }> {
  const [verb, value, ...rest] = args
  if (rest.length > 0) return { text: SUPPRESSION_USAGE, status: 2 }
  if (verb === 'export' && value === undefined) return success(await exportList(ports))
  if (value === undefined) return { text: SUPPRESSION_USAGE, status: 2 }
  if (verb === 'import') return importFile(ports, value)
  if (verb !== 'check' && verb !== 'add' && verb !== 'remove') return { text: SUPPRESSION_USAGE, status: 2 }
  if (!isAddress(value)) return { text: 'This is not one email address.', status: 2 }
  const key = addressKey(ports.keys, value)
  if (verb === 'check') return check(ports, key)
  if (verb === 'remove')
    return (await ports.store.suppressions.removeKey(key))
      ? success('Mail may go to this address again. What was cancelled stays cancelled: the learner can start again.')
      : success('This address was not on the list; nothing has changed.')
  const { isNew, cancelled } = await suppress(ports, key, 'operator')
  return success(
    isNew
      ? `No mail goes to this address any more; ${cancelled} planned deliveries were cancelled.`
      : 'This address was on the list already; nothing has changed.',
  )
}

/** Exit status 1 for an address on the list, so that scripts can ask. */
async function check(ports: Pick<Ports, 'store'>, key: string): Promise<{ text: string; status: number }> {
  const found = await ports.store.suppressions.byKey(key)
  if (found === null) return success('Mail may go to this address.')
  return { text: `No mail goes to this address since ${time(found.createdAt)}: ${found.reason}.`, status: 1 }
}

async function exportList(ports: Pick<Ports, 'keys' | 'store'>): Promise<string> {
  const id = keyId(ports)
  const rows = await ports.store.suppressions.all()
  // Only the reason is anybody's text. An address key may begin with "-", and must come back as it is.
  return stringify(
    rows.map((row) => [row.addressKey, row.reason.replace(FORMULA, "'"), time(row.createdAt), id]),
    { header: true, columns: [...COLUMNS] },
  ).trimEnd()
}

/** Reads the whole file before anything is changed; lines that cannot be read are told by number, never by content. */
async function importFile(
  ports: Pick<Ports, 'clock' | 'keys' | 'store'>,
  file: string,
): Promise<{ text: string; status: number }> {
  const lines = parseCsv(file, await readText(file))
  const header = (lines.shift()?.cells ?? []).map((cell) => cell.toLowerCase())
  const keyColumn = header.indexOf('address_key')
  const column = keyColumn >= 0 ? keyColumn : header.findIndex((name) => ADDRESS_COLUMNS.includes(name))
  if (column < 0)
    return { text: `${file}:1: no column named email, address or address_key. Name the columns first.`, status: 2 }
  const reasonColumn = header.indexOf('reason')
  const dateColumn = header.indexOf('created_at')
  const idColumn = header.indexOf('key_id')
  const problems: string[] = []
  let added = 0
  let known = 0
  for (const { cells, line } of lines) {
    const value = cells[column] ?? ''
    const problem =
      keyColumn >= 0 ? keyProblem(value, idColumn < 0 ? '' : (cells[idColumn] ?? ''), ports) : addressProblem(value)
    if (problem !== null) {
      problems.push(`${file}:${line}: ${problem}`)
      continue
    }
    const reason = (cells[reasonColumn] ?? '').replace(GUARDED_FORMULA, '').slice(0, 100)
    const createdAt = dateColumn < 0 ? Number.NaN : Date.parse(cells[dateColumn] ?? '')
    const key = keyColumn >= 0 ? value : addressKey(ports.keys, value)
    const { isNew } = await suppress(ports, key, reason || 'import', Number.isNaN(createdAt) ? undefined : createdAt)
    if (isNew) added += 1
    else known += 1
  }
  const summary = `${added} added, ${known} were on the list already, ${problems.length} could not be read.`
  return { text: [...problems, summary].join('\n'), status: problems.length === 0 ? 0 : 1 }
}

function addressProblem(value: string): string | null {
  return isAddress(value) ? null : 'this is not one email address.'
}

/** A hash made with another SECRET_KEY would never match anybody, and nobody would notice. */
function keyProblem(value: string, id: string, ports: Pick<Ports, 'keys'>): string | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(value)) return 'this is not an address key.'
  return id === keyId(ports) ? null : 'this was exported under another SECRET_KEY. Import the addresses instead.'
}

function keyId(ports: Pick<Ports, 'keys'>): string {
  return mac(ports.keys.addresses, 'id of this key').toString('hex').slice(0, 12)
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('misconfigured', `Cannot read ${file}. Give the path of a CSV file that this user may read.`, {
      cause: error,
    })
  }
}

interface Row {
  readonly cells: readonly string[]
  /** 1-based line on which the row begins. */
  readonly line: number
}

/** Rows of an RFC 4180 file, however many cells each has. Throws AppError 'misconfigured' if a quoted cell does not end. */
function parseCsv(file: string, text: string): Row[] {
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
    if (!(error instanceof CsvError)) throw error
    // The parser's own message may quote what it read.
    throw new AppError('misconfigured', `${file} has a quoted cell without an end. Correct its quotation marks.`, {
      cause: error.code,
    })
  }
}

/** A spreadsheet runs a cell that begins with one of these as a formula; with an apostrophe in front it is text. */
const FORMULA = /^(?='*[=+\-@\t\r])/
const GUARDED_FORMULA = /^'(?='*[=+\-@\t\r])/

function isAddress(text: string): boolean {
  return validator.isEmail(text.trim(), { allow_utf8_local_part: true })
}

function success(text: string): { text: string; status: number } {
  return { text, status: 0 }
}

function time(instant: number): string {
  return new Date(instant).toISOString()
}
