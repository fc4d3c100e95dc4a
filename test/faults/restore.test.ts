import { copyFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { NEVER } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let harness: InProcessHarness

beforeEach(async () => {
  harness = await createInProcessHarness()
  await harness.start()
})
afterEach(() => harness.close())

/** A copy as a backup makes it: whole, while the service runs. */
async function backUp(): Promise<string> {
  const copy = `${harness.databaseFile}.copy`
  const database = new Sqlite(harness.databaseFile)
  await rm(copy, { force: true })
  await database.backup(copy)
  database.close()
  return copy
}

async function restore(copy: string): Promise<void> {
  await harness.stop()
  for (const part of ['-wal', '-shm']) await rm(harness.databaseFile + part, { force: true })
  await copyFile(copy, harness.databaseFile)
}

/** And recorded: a copy made between the two holds less than the inbox. */
const arrived = (count: number) =>
  waitFor(
    async () => harness.receiver.taken.length >= count && (await harness.rows()).every((row) => row.state !== 'leased'),
    () => `${count} mails, have ${harness.receiver.taken.length}`,
  )

test('a database from ten minutes ago holds, says why, and after the word mails nothing a second time', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `early-${index}`)
  await harness.enrol(names)
  await arrived(20)
  const late = Array.from({ length: 10 }, (_, index) => `late-${index}`)
  const { ports } = harness.app()
  // Taken while the second ten still wait.
  harness.clock.advance(MINUTE)
  await ports.store.sendingState.pause('a trial', 'relay', harness.clock.now(), NEVER)
  await harness.enrol(late)
  const copy = await backUp()
  await ports.store.sendingState.open('paused', harness.clock.now())
  await arrived(30)
  harness.clock.advance(10 * MINUTE)
  await restore(copy)

  await harness.start()
  await sleep(500)
  expect(harness.receiver.taken).toHaveLength(30)
  const ready = await harness.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain('restored from a backup')
  expect((await harness.mail('status')).text).toContain('Mail is held')
  expect((await harness.mail('resume')).text).toContain('held, not paused')
  await sleep(300)
  expect(harness.receiver.taken).toHaveLength(30)

  expect((await harness.mail('release')).text).toContain('10 deliveries that may have been sent')
  await sleep(500)
  expect(harness.receiver.taken).toHaveLength(30)
  expect((await harness.visitor.get('/readyz')).status).toBe(200)
  expect((await harness.mail('unconfirmed')).text.split('\n').filter((line) => line.includes('lesson 1'))).toHaveLength(
    10,
  )

  // The course goes on: each of the thirty gets lesson 2, once.
  harness.clock.advance(DAY)
  await arrived(60)
  await sleep(300)
  const ids = harness.receiver.taken.map((message) => message.messageId)
  expect(new Set(ids).size).toBe(60)
  report({ row: 17, what: 'database from ten minutes ago', sends: 60, twice: 0, lost: 0 })
})

test('a copy made between the claim and the handover is recognised, and its lease is not sent again', async () => {
  let copy = ''
  let copied = () => {}
  const waiting = new Promise<void>((resolve) => {
    copied = resolve
  })
  harness.receiver.script = (verb) =>
    verb === 'body' ? { after: waiting } : verb === 'mail' ? { after: waiting } : 'go-on'
  await harness.enrol(['ada'])
  await waitFor(async () => (await harness.rows())[0]?.state === 'leased', 'the claim')
  expect((await harness.rows())[0]?.handedOverAt).toBeNull()
  copy = await backUp()
  copied()
  await arrived(1)
  harness.receiver.script = () => 'go-on'
  await restore(copy)
  await harness.start()
  expect((await harness.mail('status')).text).toContain('held')
  harness.clock.advance(10 * MINUTE)
  await sleep(400)
  await harness.mail('release')
  harness.clock.advance(20 * MINUTE)
  await sleep(400)
  expect(harness.receiver.taken).toHaveLength(1)
  expect((await harness.rows())[0]).toMatchObject({ state: 'unconfirmed', dueAt: NEVER })
})

test('a copy made between the handover and the reply sends no second copy after the word', async () => {
  let reply = () => {}
  const waiting = new Promise<void>((resolve) => {
    reply = resolve
  })
  harness.receiver.script = (verb) => (verb === 'dot' ? { after: waiting } : 'go-on')
  await harness.enrol(['ada'])
  await waitFor(async () => (await harness.rows())[0]?.handedOverAt !== null, 'the handover')
  const copy = await backUp()
  reply()
  harness.receiver.script = () => 'go-on'
  await waitFor(async () => (await harness.rows())[0]?.state === 'sent', 'the reply')
  harness.clock.advance(MINUTE)
  await harness.enrol(['ben'])
  await arrived(2)
  harness.clock.advance(10 * MINUTE)
  await restore(copy)
  await harness.start()
  await waitFor(async () => (await harness.rows())[0]?.state === 'unconfirmed', 'the lease to run out')
  await harness.mail('release')
  harness.clock.advance(40 * MINUTE)
  await sleep(400)
  expect(harness.taken('ada')).toHaveLength(1)
})

test('the end of a course that the copy does not know of is not mailed again', async () => {
  await harness.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  for (let mails = 2; mails <= 4; mails += 1) {
    harness.clock.advance(DAY)
    await arrived(mails)
  }
  await waitFor(
    async () => (await harness.rows()).every((row) => row.kind === 'check-in' || row.state === 'sent'),
    'the end',
  )
  await restore(copy)
  await harness.start()
  expect((await harness.mail('release')).text).toContain('3 deliveries that may have been sent')
  harness.clock.advance(2 * DAY)
  await sleep(500)
  const ids = harness.receiver.taken.map((message) => message.messageId)
  expect(ids).toHaveLength(4)
  expect((await harness.app().ports.store.enrolments.byId(1))?.state).toBe('finished')
})

test('people who come after the restore get no number, and so no link, of anyone the copy has forgotten', async () => {
  await harness.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  const [lost] = await harness.enrol(['ben'])
  await arrived(2)
  await restore(copy)
  await harness.start()
  const [next] = await harness.enrol(['cleo'])
  expect(next?.enrolmentId).toBeGreaterThan(lost?.enrolmentId as number)
  expect(next?.id).toBeGreaterThan(lost?.id as number)
  expect(next?.learnerId).toBeGreaterThan(lost?.learnerId as number)
})

test('an erased learner is no sign of an older copy', async () => {
  const [row] = await harness.enrol(['ada'])
  await arrived(1)
  await harness.stop()
  await harness.start({ worker: false })
  await harness.app().ports.store.learners.erase(row?.learnerId as number)
  await harness.stop()
  await harness.start()
  expect((await harness.mail('status')).text).toContain('Sending is on')
})

test('where the whole data folder was restored, Redis still tells', async () => {
  await harness.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  await copyFile(`${harness.dataDir}/last-dot`, `${harness.dataDir}/last-dot.copy`)
  harness.clock.advance(MINUTE)
  await harness.enrol(['ben'])
  await arrived(2)
  await restore(copy)
  await copyFile(`${harness.dataDir}/last-dot.copy`, `${harness.dataDir}/last-dot`)
  await harness.start()
  expect((await harness.mail('status')).text).toContain('held')
})
