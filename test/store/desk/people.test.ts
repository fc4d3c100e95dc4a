import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DeskCursor, PeopleFilter } from '../../../src/flow/ports/desk-ports.ts'
import { createTestStore, enrolForTest, PREFERENCES, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
let parts: TestStore
const ids = new Map<string, number>()

/** Each an hour after the one before. */
const PEOPLE = ['ada', 'Adam', 'bob', 'bo_b', 'bob%', 'carla', 'ADELE']

beforeAll(async () => {
  parts = await createTestStore()
  for (const [index, name] of PEOPLE.entries()) {
    const { learner } = await enrolForTest(parts.store, {
      now: NOW + index * HOUR,
      days: 3,
      address: `${name}@example.test`,
    })
    ids.set(name, learner.id)
  }
  const [first] = await parts.store.people.deliveries(ids.get('bob') ?? 0)
  await parts.store.deliveries.claim(first?.id ?? 0, {
    ...{ now: NOW + 10 * HOUR, leaseUntil: NOW + 11 * HOUR, owner: 'w', messageId: 'm', day: null },
  })
  await parts.store.deliveries.markHandedOver(first?.id ?? 0, 1, NOW + 10 * HOUR)
  await parts.store.reports.note({ id: first?.id ?? 0, learnerId: ids.get('bob') ?? 0 }, 'dead', 'smtp', NOW)
  const stopped = await parts.store.enrolments.ofLearner(ids.get('carla') ?? 0)
  await parts.store.enrolments.move(stopped[0]?.id ?? 0, 'active', 'stopped', NOW + 20 * HOUR)
  const waiting = await parts.store.learners.ensure({ address: 'dora@example.test', addressKey: 'dora', now: NOW })
  await parts.store.signUps.add({
    ...{ learnerId: waiting.id, course: 'three-days', preferences: PREFERENCES, wording: 'v1', nonce: 'n' },
    ...{ tokenHash: 'h', now: NOW + 30 * HOUR },
  })
})
afterAll(() => parts?.close())

/** The names of every page, as many as fit on each. */
async function pagesOf(filter: PeopleFilter, limit = 100): Promise<string[][]> {
  const pages: string[][] = []
  let after: DeskCursor | null = null
  do {
    const { rows, next } = await parts.store.people.page(filter, after, limit)
    pages.push(rows.map(({ address }) => address.replace('@example.test', '')))
    after = next
  } while (after !== null)
  return pages
}

describe('a list of people', () => {
  test('is newest first, a page at a time, with nobody twice or left out', async () => {
    const all = [...PEOPLE].reverse()
    expect(await pagesOf({})).toEqual([all])
    expect(await pagesOf({}, 3)).toEqual([all.slice(0, 3), all.slice(3, 6), all.slice(6)])
    expect(await pagesOf({}, 7)).toEqual([all])
  })

  test.each<[PeopleFilter, string[]]>([
    [{ state: 'stopped' }, ['carla']],
    [{ state: 'paused' }, []],
    [{ state: 'pending' }, ['dora']],
    [{ course: 'another' }, []],
    [{ course: 'three-days', state: 'stopped' }, ['carla']],
    [{ day: 1 }, ['bob']],
    [{ day: 2 }, []],
    [{ bounced: true }, ['bob']],
    [{ bounced: true, state: 'stopped' }, []],
    [{ within: { start: NOW + HOUR, end: NOW + 3 * HOUR } }, ['bob', 'Adam']],
    [{ state: 'pending', within: { start: NOW, end: NOW + HOUR } }, []],
  ])('of %j', async (filter, names) => {
    expect(await pagesOf(filter)).toEqual([names])
    expect((await pagesOf(filter, 1)).flat()).toEqual(names)
  })

  test('says state, course, time and day', async () => {
    const { rows } = await parts.store.people.page({ day: 1 }, null, 10)
    expect(rows).toEqual([
      {
        ...{ learnerId: ids.get('bob'), address: 'bob@example.test', course: 'three-days', state: 'active', day: 1 },
        since: NOW + 2 * HOUR,
      },
    ])
  })
})

describe('the beginning of an address', () => {
  const found = async (text: string, after: number | null = null, limit = 10) =>
    (await parts.store.people.startingWith(text, after, limit)).map(({ address }) => address.split('@')[0])

  test.each([
    ['ad', ['ada', 'Adam', 'ADELE']],
    ['ADA', ['ada', 'Adam']],
    ['bob@', ['bob']],
    ['bo_', ['bo_b']],
    ['bob%', ['bob%']],
    ['%', []],
    ['zz', []],
  ])('%j', async (text, names) => expect(await found(text)).toEqual(names))

  test('goes on after somebody', async () => {
    expect(await found('ad', null, 2)).toEqual(['ada', 'Adam'])
    expect(await found('ad', ids.get('Adam'), 2)).toEqual(['ADELE'])
  })
})

test('what is known of one person: sign-ups, deliveries and reports', async () => {
  const id = ids.get('bob') ?? 0
  expect(await parts.store.people.signedUpAt(id)).toBe(NOW + 2 * HOUR)
  expect(await parts.store.people.signedUpAt(999)).toBeNull()
  expect((await parts.store.people.deliveries(id)).map(({ day }) => day)).toEqual([1, 2, 3])
  expect(await parts.store.people.reports(id)).toMatchObject([{ kind: 'dead', reason: 'smtp', at: NOW }])
  expect(await parts.store.people.signUps(id)).toEqual([])
})
