import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { restoreBackup } from '../../src/store/backup/restore-backup.ts'
import { takeBackup } from '../../src/store/backup/take-backup.ts'
import { createEmptyPlace } from '../support/test-store.ts'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness, LESSONS } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const SECRET = 'a secret that only tests know, 0123456789'
/** Three lessons and the closing email. */
const WHOLE_COURSE = LESSONS + 1

let place: Awaited<ReturnType<typeof createEmptyPlace>>
let harness: InProcessHarness

beforeEach(async () => {
  place = await createEmptyPlace()
  harness = await createInProcessHarness({ database: place.location })
  await harness.start()
})
afterEach(async () => {
  await harness.close()
  await place.close()
})

const named = (group: string, count: number) => Array.from({ length: count }, (_, index) => `${group}-${index}`)
const taken = () => harness.receiver.taken
const arrived = (count: number) =>
  waitFor(
    () => taken().length >= count,
    () => `${count} emails, have ${taken().length}`,
  )
const settled = () =>
  waitFor(async () => (await harness.rows()).every(({ state }) => state !== 'leased'), 'what is on its way to settle')

async function backUp(): Promise<string> {
  const { folder } = await takeBackup({
    ...{ database: place.location, into: join(harness.dataDir, 'backups'), version: '1', secret: SECRET },
    ...{ salt: new Uint8Array(16), keepElsewhere: [], now: harness.clock.now },
  })
  return folder
}

/** As after a disk that died; with `everything`, what is recorded outside the database is gone too. */
async function destroy({ everything }: { everything: boolean }): Promise<void> {
  await harness.stop()
  if ('sqlite' in place.location)
    for (const suffix of ['', '-wal', '-shm']) await rm(place.location.sqlite + suffix, { force: true })
  else {
    const database = place.open()
    await sql`drop schema public cascade`.execute(database.db)
    await sql`create schema public`.execute(database.db)
    await database.close()
  }
  if (!everything) return
  await rm(join(harness.dataDir, 'last-dot'), { force: true })
  await harness.redis.ask('FLUSHALL')
}

/** As an operator does who has the log of the relay: what the receiver has, arrived. Returns how many had not. */
async function decideByTheLog(): Promise<number> {
  const known = new Set(taken().map(({ messageId }) => messageId))
  const ids = { arrived: [] as string[], again: [] as string[] }
  const listed = (await harness.mail('unconfirmed')).text.matchAll(/^ *(\d+) {2}enrolment .* (\S+@\S+)/gm)
  for (const [, id = '', messageId = ''] of listed) ids[known.has(messageId) ? 'arrived' : 'again'].push(id)
  for (const [word, list] of Object.entries(ids))
    if (list.length > 0) expect(await harness.mail(word, ...list)).toMatchObject({ status: 0 })
  return ids.again.length
}

test.each([
  ['what is recorded outside the database is left', { everything: false }],
  ['only the backup is left', { everything: true }],
])('backed up under load, destroyed and restored, where %s: everybody has every lesson once', async (what, damage) => {
  // While the backup is made, some messages are half written and others come and go. One server is busy until the end.
  const backedUp = Promise.withResolvers<void>()
  harness.receiver.script = (verb, { to }) => {
    if (verb === 'rcpt' && to.startsWith('busy')) return { reply: '451 4.2.1 try again later' }
    if (verb === 'body' && /^middle-[5-8]@/.test(to)) return { after: backedUp.promise }
    return verb === 'dot' ? { after: sleep(10) } : 'go-on'
  }
  await harness.enrol([...named('early', 10), 'busy-0'])
  await waitFor(async () => (await harness.rows()).some(({ state }) => state === 'deferred'), 'the busy server')
  await arrived(10)
  await harness.enrol(named('middle', 20))
  await arrived(14)
  const backup = await backUp()
  harness.clock.advance(1_000)
  backedUp.resolve()
  await arrived(30)
  await harness.enrol(named('unknown', 3))
  await arrived(33)
  await settled()
  harness.clock.advance(10 * MINUTE)
  await destroy(damage)
  harness.receiver.script = () => 'go-on'

  await restoreBackup({
    ...{ database: place.location, from: backup, dataDir: harness.dataDir, secret: SECRET },
    ...{ replace: false, skipIds: 1_000, now: harness.clock.now },
  })
  await harness.start()
  await sleep(500)
  expect(taken()).toHaveLength(33)
  expect((await harness.visitor.get('/readyz')).status).toBe(503)
  expect(await harness.mail('release')).toMatchObject({ status: 0 })
  await sleep(300)
  // The next attempt of the busy one was due after the last email sent, where that is known.
  expect(await decideByTheLog()).toBe(damage.everything ? 1 : 0)
  await arrived(34)

  const learners = [...named('early', 10), ...named('middle', 20), 'busy-0']
  for (let count = 2; count <= WHOLE_COURSE; count += 1) {
    harness.clock.advance(DAY)
    await arrived(3 + count * learners.length)
    await settled()
  }
  await sleep(300)
  const counts = learners.map((name) => [name, harness.taken(name).length, new Set(harness.taken(name)).size])
  expect(counts).toEqual(learners.map((name) => [name, WHOLE_COURSE, WHOLE_COURSE]))
  for (const name of named('unknown', 3)) expect(harness.taken(name)).toHaveLength(1)
  report({ row: 18, what: `restored, ${what}`, sends: taken().length, twice: 0, lost: 0 })
})
