import { maskAddress } from '../../core/desk/mask-address.ts'
import { addressKey } from '../../core/security/keys.ts'
import type { DeskCursor, PeopleFilter, PersonRow } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'

/** People on a page. */
const PAGE = 25
/** Shorter beginnings of addresses find everybody. */
export const LEAST_LETTERS = 3

/** A line of a list, which others may see: the address is masked. */
export type ListedPerson = Omit<PersonRow, 'address'> & { readonly masked: string }

/** People by course, state, day, time and bounces, newest first. */
export async function listPeople(
  ports: Pick<Ports, 'store'>,
  filter: PeopleFilter,
  after: DeskCursor | null,
): Promise<{ readonly people: readonly ListedPerson[]; readonly next: DeskCursor | null }> {
  const { rows, next } = await ports.store.people.page(filter, after, PAGE)
  return { people: rows.map(({ address, ...row }) => ({ ...row, masked: maskAddress(address) })), next }
}

/** The learner with exactly this address, in any spelling that reaches it; null if there is none. */
export function findByAddress(ports: Pick<Ports, 'keys' | 'store'>, address: string): Promise<number | null> {
  return ports.store.reports.learnerByKey(addressKey(ports.keys, address))
}

export interface FoundAddress {
  readonly learnerId: number
  readonly masked: string
}

/** People whose address begins with this text, in the order of their addresses. `next`: after whom to go on; null at the end. */
export async function findByBeginning(
  ports: Pick<Ports, 'store'>,
  text: string,
  after: number | null,
): Promise<{ readonly people: readonly FoundAddress[]; readonly next: number | null }> {
  const learners = await ports.store.people.startingWith(text, after, PAGE + 1)
  const shown = learners.slice(0, PAGE)
  return {
    people: shown.map(({ id, address }) => ({ learnerId: id, masked: maskBeyond(address, text.length) })),
    next: learners.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** Shows what was typed, which the operator knows, and masks the rest of the local part. */
function maskBeyond(address: string, typed: number): string {
  const at = address.lastIndexOf('@')
  return typed >= at ? address : `${address.slice(0, typed)}•••${address.slice(at)}`
}
