import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { createSealer } from '../../../src/core/security/sealer.ts'
import { allAuditLines, checkAuditLog, viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { type RecordedAct, recordAct } from '../../../src/flow/desk/record-act.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
let parts: TestStore

beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts?.close())

const keys = deriveKeys('a secret that only tests know, 0123456789')
const sealer = createSealer(keys.wrapping, randomBytes)
const portsOf = (store: TestStore['store']) => ({ clock: { now: () => NOW }, keys, randomBytes, sealer, store })
const ports = () => portsOf(parts.store)

const record = (act: RecordedAct, store = parts.store) =>
  store.transaction((unit) => recordAct(portsOf(store), unit, act))

const execute = (statement: string) => sql.raw(statement).execute(parts.database.db)

describe('the chain', () => {
  test('has every line of processes that write together, without a gap', async () => {
    const other = parts.openAgain()
    const stores = [parts.store, createStore(other)]
    try {
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          record({ operatorId: index, act: 'invite', details: { role: 'author', operator: index } }, stores[index % 2]),
        ),
      )
      expect(await checkAuditLog(ports())).toMatchObject({ ok: true, lines: 30, head: expect.any(String) })
    } finally {
      await other.close()
    }
  })

  test('of an empty log holds, and its head changes with every line', async () => {
    const heads = new Set<string>()
    for (let lines = 0; lines < 3; lines += 1) {
      const found = await checkAuditLog(ports())
      expect(found).toMatchObject({ ok: true, lines })
      if (found.ok) heads.add(found.head)
      await record({ operatorId: null, act: 'print-link' })
    }
    expect(heads.size).toBe(3)
  })

  test.each([
    ['a changed reason', "update audit_entry set reason = 'mistake' where number = 2", 2, 'changed'],
    ['a changed time', 'update audit_entry set at = at + 1 where number = 2', 2, 'changed'],
    ['another operator', 'update audit_entry set operator_id = 9 where number = 2', 2, 'changed'],
    ['changed details', "update audit_entry set details = '{}' where number = 2", 2, 'changed'],
    ['a deleted line', 'delete from audit_entry where number = 2', 2, 'missing'],
    ['a deleted first line', 'delete from audit_entry where number = 1', 1, 'missing'],
    ['a line that was put in', `update audit_entry set number = number + 1 where number = 3`, 3, 'missing'],
    ['a hash of another line', `update audit_entry set hash = previous_hash where number = 3`, 3, 'changed'],
    [
      'a line before the first',
      `insert into audit_entry select 0, at, 9, act, learner_id, reason, details, note_hash, previous_hash, hash from audit_entry where number = 1`,
      0,
      'changed',
    ],
    ['details that cannot be read', "update audit_entry set details = '{' where number = 2", 2, 'changed'],
    ['details that are no object', "update audit_entry set details = 'null' where number = 2", 2, 'changed'],
    [
      'details that say a thing twice',
      `update audit_entry set details = '{"role":"owner","role":"operator"}' where number = 2`,
      2,
      'changed',
    ],
  ])('shows %s', async (_, statement, number, what) => {
    for (const role of ['author', 'operator', 'owner'])
      await record({ operatorId: 1, act: 'invite', reason: 'asked', details: { role } })
    expect(await checkAuditLog(ports())).toMatchObject({ ok: true, lines: 3 })
    await execute(statement)
    expect(await checkAuditLog(ports())).toEqual({ ok: false, number, what })
    // Whoever reads or exports it sees each line that is there.
    const { lines } = await viewAuditLog(ports(), {}, null)
    const exported: number[] = []
    for await (const part of allAuditLines(ports())) exported.push(...part.map((line) => line.number))
    expect(exported.toReversed()).toEqual(lines.map((line) => line.number))
  })

  test('cannot be continued by whoever has the database but not SECRET_KEY', async () => {
    await record({ operatorId: 1, act: 'pause-sending' })
    const stranger = { ...ports(), keys: deriveKeys('another secret of other people, 0123456789') }
    await parts.store.transaction((unit) => recordAct(stranger, unit, { operatorId: 1, act: 'resume-sending' }))
    expect(await checkAuditLog(ports())).toEqual({ ok: false, number: 2, what: 'changed' })
  })
})

describe('a note', () => {
  const NOTE = 'wrote to us = about her move'

  test('is sealed, is deleted with its learner, and the chain still holds', async () => {
    const { learner } = await enrolForTest(parts.store, { now: NOW, days: 1 })
    await record({ operatorId: 1, act: 'erase', learnerId: learner.id, reason: 'asked', note: NOTE })
    expect((await viewAuditLog(ports(), {}, null)).lines[0]).toMatchObject({ note: NOTE, learnerId: learner.id })
    const { rows } = await sql<{ sealed: string }>`select * from audit_note`.execute(parts.database.db)
    expect(JSON.stringify(rows)).not.toContain('move')
    expect(Buffer.from(rows[0]?.sealed ?? '', 'base64url').toString('latin1')).not.toContain('move')
    expect(await checkAuditLog(ports())).toMatchObject({ ok: true, lines: 1 })

    await parts.store.transaction((unit) => unit.learners.erase(learner.id))
    expect((await viewAuditLog(ports(), {}, null)).lines[0]).toMatchObject({ note: null, learnerId: learner.id })
    expect(await checkAuditLog(ports())).toMatchObject({ ok: true, lines: 1 })
  })

  test('that was exchanged is noticed', async () => {
    const { learner } = await enrolForTest(parts.store, { now: NOW, days: 1 })
    await record({ operatorId: 1, act: 'suppress', learnerId: learner.id, note: NOTE })
    await execute("update audit_entry set note_hash = 'x'")
    expect(await checkAuditLog(ports())).toMatchObject({ ok: false, number: 1 })
  })

  test.each([
    ['that cannot be opened', "update audit_note set sealed = 'AAAA'"],
    ['that is empty', "update audit_note set sealed = ''"],
    ['of another line', 'update audit_note set number = 2'],
  ])('%s is noticed, and hides no other line', async (_, statement) => {
    const { learner } = await enrolForTest(parts.store, { now: NOW, days: 1 })
    await record({ operatorId: 1, act: 'suppress', learnerId: learner.id, note: NOTE })
    await record({ operatorId: 1, act: 'sign-in' })
    await execute(statement)
    expect(await checkAuditLog(ports())).toMatchObject({ ok: false, what: 'note' })
    expect((await viewAuditLog(ports(), {}, null)).lines).toMatchObject([
      { number: 2, note: null },
      { number: 1, note: null },
    ])
  })
})

test('is read newest first, by act, operator and learner, a page at a time, and oldest first as a whole', async () => {
  for (let index = 1; index <= 60; index += 1)
    await record({ operatorId: (index % 2) + 1, act: index % 3 === 0 ? 'pause-sending' : 'sign-in' })
  const first = await viewAuditLog(ports(), {}, null)
  expect([first.lines.length, first.lines[0]?.number, first.next]).toEqual([50, 60, 11])
  const second = await viewAuditLog(ports(), {}, first.next)
  expect([second.lines.length, second.next]).toEqual([10, null])
  const filtered = await viewAuditLog(ports(), { act: 'pause-sending', operatorId: 2 }, null)
  expect(filtered.lines.map(({ number }) => number)).toEqual([57, 51, 45, 39, 33, 27, 21, 15, 9, 3])
  const numbers: number[] = []
  for await (const lines of allAuditLines(ports())) numbers.push(...lines.map(({ number }) => number))
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
})
