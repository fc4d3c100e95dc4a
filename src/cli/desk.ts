import isEmail from 'validator/lib/isEmail.js'
import { isRole, ROLES } from '../core/desk/roles.ts'
import { addressKey } from '../core/security/keys.ts'
import { exportAuditLog } from '../flow/desk/export-audit-log.ts'
import { inviteOperator, removeOperator } from '../flow/desk/manage-operators.ts'
import { grantAnswers, revokeAnswers } from '../flow/desk/questions/grant-answers.ts'
import { viewHandover } from '../flow/desk/questions/hand-over.ts'
import { checkAuditLog } from '../flow/desk/read-audit-log.ts'
import { hasOwner, makePrintedLink } from '../flow/desk/sign-in-link.ts'
import type { Operator } from '../flow/ports/desk-ports.ts'
import type { Ports } from '../flow/ports/ports.ts'

export const DESK_USAGE = `npm run desk -- link                       prints a single-use link to the desk: for the owner or, while there is none, for the first
npm run desk -- link <address>             the same for this operator
npm run desk -- invite <address> --role <role>  gives somebody a role, or another one: ${ROLES.join(', ')}
npm run desk -- invite <address> --role <role> --answers-for <course>  the same, and they answer its questions
npm run desk -- revoke <address> --answers-for <course>  they no longer answer its questions; says who gets theirs as remove does
npm run desk -- list                       who may open the desk
npm run desk -- remove <address>           takes somebody's access away at once
npm run desk -- remove <address> --hand-to <address>  their questions go to this operator, who answers for the same courses
npm run desk -- remove <address> --to-inbox  their questions are assigned to nobody
npm run desk -- audit                      writes the audit log as JSON lines; every owner is told
npm run desk -- audit --check              checks that no line of it was changed or is missing`

type DeskPorts = Parameters<typeof inviteOperator>[0] & Pick<Ports, 'courses' | 'keys' | 'sealer'>

/** Lets somebody on the host decide who gets into the desk. Returns what to print and the exit status. */
export async function runDesk(ports: DeskPorts, args: readonly string[]): Promise<{ text: string; status: number }> {
  const [verb, ...rest] = args
  const [first = '', flag = '', value = '', secondFlag = '', course = ''] = rest
  if (verb === 'link' && rest.length <= 1) return printLink(ports, first)
  if (verb === 'invite' && rest.length === 3 && flag === '--role') return invite(ports, first, value, null)
  if (verb === 'invite' && rest.length === 5 && flag === '--role' && secondFlag === '--answers-for')
    return invite(ports, first, value, course)
  if (verb === 'revoke' && flag === '--answers-for') {
    const heir = heirIn(rest.slice(3))
    if (value !== '' && heir !== 'unreadable') return revoke(ports, first, value, heir)
  }
  if (verb === 'list' && rest.length === 0) return success(await list(ports))
  if (verb === 'remove' && first !== '') {
    const heir = heirIn(rest.slice(1))
    if (heir !== 'unreadable') return remove(ports, first, heir)
  }
  if (verb === 'audit' && rest.length === 0) return success(await exportLines(ports))
  if (verb === 'audit' && rest.length === 1 && first === '--check') return check(ports)
  return { text: DESK_USAGE, status: 2 }
}

async function printLink(ports: DeskPorts, address: string) {
  if (address === '' && !(await hasOwner(ports.store))) return success(await linkText(ports, null))
  const owners = (await ports.store.operators.all()).filter(({ role }) => role === 'owner')
  if (address === '' && owners.length > 1)
    return failure('There are several owners. Name one: npm run desk -- link <address>')
  const operator = address === '' ? (owners[0] ?? null) : await find(ports, address)
  return operator === null ? nobody() : success(await linkText(ports, operator.id))
}

async function linkText(ports: DeskPorts, operatorId: number | null): Promise<string> {
  return `${await makePrintedLink(ports, operatorId)}\nThe link works once, for an hour. Anyone who has it can sign in.`
}

/** `course`: what they answer the questions of besides; null for none. */
async function invite(ports: DeskPorts, address: string, role: string, course: string | null) {
  if (!isEmail.default(address, { allow_utf8_local_part: false })) return failure('This is not one email address.')
  if (!isRole(role)) return failure(`There is no such role. Use ${ROLES.join(', ')}.`)
  if (course !== null && ports.courses.get(course) === null) return noCourse(ports)
  const { operator, isNew, isEmailed } = await inviteOperator(ports, null, { address, role })
  if (course !== null) await grantAnswers(ports, null, operator.id, course)
  const answers = course === null ? '' : ` They answer the questions of ${course}.`
  if (!isNew) return success(`The role is ${role}.${answers}`)
  return success(
    isEmailed
      ? `Invited. The email leads to the desk, where they ask for a sign-in link.${answers}`
      : `Added, but no email could be sent. Print a link for them: npm run desk -- link <address>${answers}`,
  )
}

/** Who gets the questions of somebody: an address, nobody, or not said. */
type Heir = { readonly to: string | null } | null

function heirIn([flag, address, ...rest]: readonly string[]): Heir | 'unreadable' {
  if (flag === undefined) return null
  if (flag === '--to-inbox' && address === undefined) return { to: null }
  return flag === '--hand-to' && address !== undefined && rest.length === 0 ? { to: address } : 'unreadable'
}

/** What was said, for each course in which this operator is assigned questions; or what is missing. */
async function heirsOf(
  ports: DeskPorts,
  operatorId: number,
  heir: Heir,
  course?: string,
): Promise<ReadonlyMap<string, number | null> | string> {
  const handovers = await viewHandover(ports.store, operatorId, course)
  if (handovers.length === 0) return new Map()
  const what = handovers.map(({ course: name, count }) => `${name}: ${count}`).join(', ')
  if (heir === null)
    return `They are assigned questions (${what}). Say who gets them: --hand-to <address>, or --to-inbox for nobody.`
  const colleague = heir.to === null ? null : ((await find(ports, heir.to))?.id ?? 0)
  const missing = handovers.filter(({ colleagues }) => colleague !== null && !colleagues.includes(colleague))
  if (missing.length > 0)
    return `${heir.to} does not answer the questions of ${missing.map(({ course: name }) => name).join(', ')}.`
  return new Map(handovers.map(({ course: name }) => [name, colleague]))
}

async function revoke(ports: DeskPorts, address: string, course: string, heir: Heir) {
  const operator = await find(ports, address)
  if (operator === null) return nobody()
  if (!(await ports.store.answersFor.coursesOf(operator.id)).includes(course))
    return failure('They do not answer the questions of this course. See who does with: npm run desk -- list')
  const heirs = await heirsOf(ports, operator.id, heir, course)
  if (typeof heirs === 'string') return failure(heirs)
  await revokeAnswers(ports, null, { operatorId: operator.id, course, heirs })
  return success(`They no longer answer the questions of ${course}.`)
}

function noCourse({ courses }: Pick<Ports, 'courses'>) {
  const names = courses.all().map(({ name }) => name)
  return failure(`There is no such course. Courses: ${names.join(', ')}.`)
}

async function list(ports: DeskPorts): Promise<string> {
  const all = await ports.store.operators.all()
  if (all.length === 0) return 'Nobody may open the desk yet. Print a link: npm run desk -- link'
  const answers = await ports.store.answersFor.all()
  return all
    .map(({ id, address, role, addedAt }) => {
      const courses = answers.filter(({ operatorId }) => operatorId === id).map(({ course }) => course)
      const answersFor = courses.length === 0 ? '' : `  answers for ${courses.join(', ')}`
      return `${role.padEnd(8)}  ${new Date(addedAt).toISOString()}  ${address}${answersFor}`
    })
    .join('\n')
}

async function remove(ports: DeskPorts, address: string, heir: Heir) {
  const operator = await find(ports, address)
  if (operator === null) return nobody()
  if (
    operator.role === 'owner' &&
    (await ports.store.operators.all()).filter(({ role }) => role === 'owner').length === 1
  )
    return failure(
      'This is the only owner. Make somebody else an owner first: npm run desk -- invite <address> --role owner',
    )
  const heirs = await heirsOf(ports, operator.id, heir)
  if (typeof heirs === 'string') return failure(heirs)
  await removeOperator(ports, null, operator.id, heirs)
  return success('Removed, and signed out everywhere.')
}

async function exportLines(ports: DeskPorts): Promise<string> {
  const lines: string[] = []
  for await (const some of await exportAuditLog(ports, null, { format: 'jsonl' }))
    lines.push(...some.map((line) => JSON.stringify(line)))
  return lines.join('\n')
}

const BROKEN = {
  missing: 'is missing',
  changed: 'was changed, or does not follow from the one before it',
  note: 'has a note that was changed',
} as const

async function check(ports: DeskPorts) {
  const found = await checkAuditLog(ports)
  if (!found.ok)
    return {
      text: `Line ${found.number} ${BROKEN[found.what]}. Compare with an export or a backup from before.`,
      status: 1,
    }
  return success(
    `${found.lines} ${found.lines === 1 ? 'line' : 'lines'}, all unchanged. The last one has the hash ${found.head}\n` +
      'Keep it elsewhere: it must be in every later export, or lines at the end were cut off.',
  )
}

function find(ports: DeskPorts, address: string): Promise<Operator | null> {
  return ports.store.operators.byKey(addressKey(ports.keys, address))
}

function nobody() {
  return failure('There is no operator with this address. See them with: npm run desk -- list')
}

function success(text: string): { text: string; status: number } {
  return { text, status: 0 }
}

function failure(text: string): { text: string; status: number } {
  return { text, status: 1 }
}
