import { copyFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { NEVER } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { createHouse, type House } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let house: House

beforeEach(async () => {
  house = await createHouse()
  await house.start()
})
afterEach(() => house.close())

/** A copy as a backup makes it: whole, while the service runs. */
async function backUp(): Promise<string> {
  const copy = `${house.databaseFile}.copy`
  const database = new Sqlite(house.databaseFile)
  await rm(copy, { force: true })
  await database.backup(copy)
  database.close()
  return copy
}

async function restore(copy: string): Promise<void> {
  await house.stop()
  for (const part of ['-wal', '-shm']) await rm(house.databaseFile + part, { force: true })
  await copyFile(copy, house.databaseFile)
}

/** And recorded: a copy made between the two holds less than the inbox. */
const arrived = (count: number) =>
  waitFor(
    async () => house.receiver.taken.length >= count && (await house.rows()).every((row) => row.state !== 'leased'),
    () => `${count} mails, have ${house.receiver.taken.length}`,
  )

test('a database from ten minutes ago holds, says why, and after the word mails nothing a second time', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `early-${index}`)
  await house.enrol(names)
  await arrived(20)
  const late = Array.from({ length: 10 }, (_, index) => `late-${index}`)
  const { ports } = house.app()
  // Taken while the second ten still wait.
  house.clock.advance(MINUTE)
  await ports.store.stream.pause('a trial', 'relay', house.clock.now(), NEVER)
  await house.enrol(late)
  const copy = await backUp()
  await ports.store.stream.open('paused', house.clock.now())
  await arrived(30)
  house.clock.advance(10 * MINUTE)
  await restore(copy)

  await house.start()
  await sleep(500)
  expect(house.receiver.taken).toHaveLength(30)
  const ready = await house.visitor.get('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.text).toContain('restored from a backup')
  expect((await house.mail('status')).text).toContain('Mail is held')
  expect((await house.mail('resume')).text).toContain('held, not paused')
  await sleep(300)
  expect(house.receiver.taken).toHaveLength(30)

  expect((await house.mail('release')).text).toContain('10 deliveries may have been sent')
  await sleep(500)
  expect(house.receiver.taken).toHaveLength(30)
  expect((await house.visitor.get('/readyz')).status).toBe(200)
  expect((await house.mail('unconfirmed')).text.split('\n').filter((line) => line.includes('lesson 1'))).toHaveLength(
    10,
  )

  // The course goes on: each of the thirty gets lesson 2, once.
  house.clock.advance(DAY)
  await arrived(60)
  await sleep(300)
  const ids = house.receiver.taken.map((message) => message.messageId)
  expect(new Set(ids).size).toBe(60)
  report({ row: 17, what: 'database from ten minutes ago', sends: 60, twice: 0, lost: 0 })
})

test('a copy made between the claim and the mark is recognised, and its lease is not sent again', async () => {
  let copy = ''
  let copied = () => {}
  const waiting = new Promise<void>((resolve) => {
    copied = resolve
  })
  house.receiver.script = (verb) =>
    verb === 'body' ? { after: waiting } : verb === 'mail' ? { after: waiting } : 'go-on'
  await house.enrol(['ada'])
  await waitFor(async () => (await house.rows())[0]?.state === 'leased', 'the claim')
  expect((await house.rows())[0]?.dotAt).toBeNull()
  copy = await backUp()
  copied()
  await arrived(1)
  house.receiver.script = () => 'go-on'
  await restore(copy)
  await house.start()
  expect((await house.mail('status')).text).toContain('held')
  house.clock.advance(10 * MINUTE)
  await sleep(400)
  await house.mail('release')
  house.clock.advance(20 * MINUTE)
  await sleep(400)
  expect(house.receiver.taken).toHaveLength(1)
  expect((await house.rows())[0]).toMatchObject({ state: 'unconfirmed', dueAt: NEVER })
})

test('a copy made between the mark and the reply sends no second copy after the word', async () => {
  let reply = () => {}
  const waiting = new Promise<void>((resolve) => {
    reply = resolve
  })
  house.receiver.script = (verb) => (verb === 'dot' ? { after: waiting } : 'go-on')
  await house.enrol(['ada'])
  await waitFor(async () => (await house.rows())[0]?.dotAt !== null, 'the mark')
  const copy = await backUp()
  reply()
  house.receiver.script = () => 'go-on'
  await waitFor(async () => (await house.rows())[0]?.state === 'sent', 'the reply')
  house.clock.advance(MINUTE)
  await house.enrol(['ben'])
  await arrived(2)
  house.clock.advance(10 * MINUTE)
  await restore(copy)
  await house.start()
  await waitFor(async () => (await house.rows())[0]?.state === 'unconfirmed', 'the lease to run out')
  await house.mail('release')
  house.clock.advance(40 * MINUTE)
  await sleep(400)
  expect(house.taken('ada')).toHaveLength(1)
})

test('the end of a course that the copy does not know of is not mailed again', async () => {
  await house.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  for (let mails = 2; mails <= 4; mails += 1) {
    house.clock.advance(DAY)
    await arrived(mails)
  }
  await waitFor(
    async () => (await house.rows()).every((row) => row.kind === 'check-in' || row.state === 'sent'),
    'the end',
  )
  await restore(copy)
  await house.start()
  expect((await house.mail('release')).text).toContain('3 deliveries may have been sent')
  house.clock.advance(2 * DAY)
  await sleep(500)
  const ids = house.receiver.taken.map((message) => message.messageId)
  expect(ids).toHaveLength(4)
  expect((await house.app().ports.store.enrolments.byId(1))?.state).toBe('finished')
})

test('people who come after the restore get no number, and so no link, of anyone the copy has forgotten', async () => {
  await house.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  const [lost] = await house.enrol(['ben'])
  await arrived(2)
  await restore(copy)
  await house.start()
  const [next] = await house.enrol(['cleo'])
  expect(next?.enrolmentId).toBeGreaterThan(lost?.enrolmentId as number)
  expect(next?.id).toBeGreaterThan(lost?.id as number)
  expect(next?.learnerId).toBeGreaterThan(lost?.learnerId as number)
})

test('an erased learner is no sign of an older copy', async () => {
  const [row] = await house.enrol(['ada'])
  await arrived(1)
  await house.stop()
  await house.start({ worker: false })
  await house.app().ports.store.learners.erase(row?.learnerId as number)
  await house.stop()
  await house.start()
  expect((await house.mail('status')).text).toContain('Mail goes out')
})

test('where the whole data folder was restored, Redis still tells', async () => {
  await house.enrol(['ada'])
  await arrived(1)
  const copy = await backUp()
  await copyFile(`${house.dataDir}/last-dot`, `${house.dataDir}/last-dot.copy`)
  house.clock.advance(MINUTE)
  await house.enrol(['ben'])
  await arrived(2)
  await restore(copy)
  await copyFile(`${house.dataDir}/last-dot.copy`, `${house.dataDir}/last-dot`)
  await house.start()
  expect((await house.mail('status')).text).toContain('held')
})
