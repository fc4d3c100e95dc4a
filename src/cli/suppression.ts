import { readFile } from 'node:fs/promises'
import { AppError } from '../core/errors.ts'
import { isAddress, type LineProblem, readSuppressions } from '../core/reports/suppression-csv.ts'
import type { BulkPorts } from '../flow/desk/bulk-act.ts'
import {
  changeSuppression,
  exportSuppressions,
  findSuppression,
  importSuppressions,
} from '../flow/desk/edit-suppressions.ts'
import type { Ports } from '../flow/ports/ports.ts'

export const SUPPRESSION_USAGE = `npm run suppression -- check <address>      whether mail to this address is withheld, since when and why
npm run suppression -- add <address>        withholds mail from now on, and cancels what is planned
npm run suppression -- remove <address>     allows email to this address again; cancelled deliveries stay cancelled
npm run suppression -- import <file.csv>    adds every address of a column "email" or "address", or what export wrote
npm run suppression -- export               writes the list as CSV: keyed hashes, never addresses`

/** Lets the operator edit the suppression list. Returns what to print and the exit status. */
export async function runSuppression(
  ports: BulkPorts,
  args: readonly string[],
): Promise<{ text: string; status: number }> {
  const [verb, value, ...rest] = args
  if (rest.length > 0) return { text: SUPPRESSION_USAGE, status: 2 }
  if (verb === 'export' && value === undefined) return success(await exportSuppressions(ports, null))
  if (value === undefined) return { text: SUPPRESSION_USAGE, status: 2 }
  if (verb === 'import') return importFile(ports, value)
  if (verb !== 'check' && verb !== 'add' && verb !== 'remove') return { text: SUPPRESSION_USAGE, status: 2 }
  if (!isAddress(value)) return { text: 'This is not one email address.', status: 2 }
  if (verb === 'check') return check(ports, value)
  const act = verb === 'add' ? 'suppress' : 'lift-suppression'
  const { isChanged, cancelled } = await changeSuppression(ports, null, { act, address: value, reason: null })
  if (verb === 'remove')
    return isChanged
      ? success('Mail may go to this address again. What was cancelled stays cancelled: the learner can start again.')
      : success('This address was not on the list; nothing has changed.')
  return success(
    isChanged
      ? `No mail goes to this address any more; ${cancelled} planned deliveries were cancelled.`
      : 'This address was on the list already; nothing has changed.',
  )
}

/** Exit status 1 for an address on the list, so that scripts can ask. */
async function check(ports: Pick<Ports, 'keys' | 'store'>, address: string): Promise<{ text: string; status: number }> {
  const found = await findSuppression(ports, address)
  if (found === null) return success('Mail may go to this address.')
  return { text: `No mail goes to this address since ${time(found.createdAt)}: ${found.reason}.`, status: 1 }
}

const LINE_PROBLEMS: Readonly<Record<LineProblem, string>> = {
  'no-address': 'this is not one email address.',
  'no-key': 'this is not an address key.',
  'other-key': 'this was exported under another SECRET_KEY. Import the addresses instead.',
}

/** Reads the whole file before anything is changed; lines that cannot be read are told by number, never by content. */
async function importFile(ports: BulkPorts, file: string): Promise<{ text: string; status: number }> {
  const read = readSuppressions(ports.keys, await readText(file))
  if ('problem' in read) {
    if (read.problem === 'no-column')
      return { text: `${file}:1: no column named email, address or address_key. Name the columns first.`, status: 2 }
    throw new AppError('misconfigured', `${file} has a quoted cell without an end. Correct its quotation marks.`)
  }
  const { added, known } = await importSuppressions(ports, null, read)
  const problems = read.problems.map(({ line, what }) => `${file}:${line}: ${LINE_PROBLEMS[what]}`)
  const summary = `${added} added, ${known} were on the list already, ${problems.length} could not be read.`
  return { text: [...problems, summary].join('\n'), status: problems.length === 0 ? 0 : 1 }
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

function success(text: string): { text: string; status: number } {
  return { text, status: 0 }
}

function time(instant: number): string {
  return new Date(instant).toISOString()
}
