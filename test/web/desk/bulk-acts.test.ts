import { writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { runDesk } from '../../../src/cli/desk.ts'
import { runMail } from '../../../src/cli/mail.ts'
import { runSuppression } from '../../../src/cli/suppression.ts'
import { BULK_ACTS, type BulkAct } from '../../../src/core/desk/bulk-acts.ts'
import { NEVER } from '../../../src/core/model.ts'
import { type Access, DESK_ACCESS, type DeskRoute } from '../../../src/web/desk/desk-access.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let owner: Visitor
/** A suppression list with two addresses. */
let file: string
const LIST = 'email\nx@example.test\ny@example.test\n'

/** How each is done at the desk and, where there is a way, on the command line. */
const WAYS: Readonly<
  Record<BulkAct, { route: DeskRoute; fields?: Record<string, string>; command?: () => Promise<{ status: number }> }>
> = {
  'settle-all': {
    route: 'post /desk/deliveries/settle-all',
    fields: { as: 'arrived' },
    command: () => runMail(app.app.ports, ['arrived', 'all']),
  },
  'retry-reports': {
    route: 'post /desk/set-aside/reports',
    fields: { as: 'again' },
    command: () => runMail(app.app.ports, ['reports', 'again', 'all']),
  },
  'drop-reports': {
    route: 'post /desk/set-aside/reports',
    fields: { as: 'drop' },
    command: () => runMail(app.app.ports, ['reports', 'drop', 'all']),
  },
  // A worker that starts does it by itself.
  'retry-messages': { route: 'post /desk/set-aside/messages', fields: { as: 'again' } },
  'drop-messages': { route: 'post /desk/set-aside/messages', fields: { as: 'drop' } },
  'import-suppressions': {
    route: 'post /desk/suppression/import',
    fields: { list: LIST },
    command: () => runSuppression(app.app.ports, ['import', file]),
  },
  'export-suppressions': {
    route: 'post /desk/suppression/export',
    command: () => runSuppression(app.app.ports, ['export']),
  },
  'export-audit': {
    route: 'post /desk/audit/export',
    fields: { format: 'csv' },
    command: () => runDesk(app.app.ports, ['audit']),
  },
}

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  for (const name of ['ada', 'bob']) await join(app, `${name}@example.test`)
  await app.app.ports.store.sendingState.hold('a test', 'operator', app.clock.now())
  owner = await signedIn(app, 'owner')
  await signedIn(app, 'owner', 'second-owner@example.test')
  file = joinPath(app.dataDir, 'list.csv')
  await writeFile(file, LIST)
})
afterAll(() => app?.close())

/** Two of everything that can be decided about at once. */
beforeEach(async () => {
  const { mailEvents, unbuiltMessages } = app.app.ports.store
  const now = app.clock.now()
  changeDatabase(app.dataDir, `update delivery set state = 'unconfirmed', due_at = ${NEVER}, resends = 1 where day = 1`)
  changeDatabase(app.dataDir, 'delete from mail_event')
  for (const key of ['a', 'b']) {
    const event = { source: 'ses', key, nonce: null, sealed: new Uint8Array([1]), learnerId: null, addressKey: null }
    await mailEvents.add(event as never, now)
  }
  changeDatabase(app.dataDir, `update mail_event set set_aside_at = ${now}, attempts = 3`)
  changeDatabase(app.dataDir, "update delivery set state = 'failed', settled_at = 1, first_dot_at = null where day = 2")
  for (const { id } of queryRows(app.dataDir, 'select id from delivery where day = 2'))
    await unbuiltMessages.note(Number(id), 'a reason', now)
  changeDatabase(app.dataDir, 'delete from suppression')
  for (const key of ['one', 'two'])
    await app.app.ports.store.suppressions.addKey({ addressKey: key, reason: 'import', createdAt: now })
})

const lastLine = async () => (await app.app.ports.store.auditLog.page({}, null, 1))[0]
const toldOf = () => app.mail.accepted.filter(({ mail }) => mail.subject === 'Something was done at the desk')

/** What the line says, and what every owner is told, also the one who did it. */
async function expectRecordedAndTold(act: BulkAct, by: number | null, told: number): Promise<void> {
  const line = await lastLine()
  const count = act === 'export-audit' ? line?.number : 2
  expect(line).toMatchObject({ act, operatorId: by, learnerId: null, details: { [BULK_ACTS[act]]: count } })
  const emails = toldOf().slice(told)
  expect(emails.map(({ to }) => to).sort()).toEqual(['owner@example.test', 'second-owner@example.test'])
  const who = by === null ? 'Somebody on the command line' : 'o•••@example.test'
  for (const { mail } of emails) {
    expect(mail.text).toContain(`${who} `)
    expect(mail.text).toContain(`How many: ${count}.`)
    expect(mail.text).toContain('/desk')
  }
}

describe.each(Object.keys(BULK_ACTS) as BulkAct[])('%s', (act) => {
  test('needs a fresh sign-in, leaves a line that says how many, and every owner is told', async () => {
    const { route, fields } = WAYS[act]
    const access: Access = DESK_ACCESS[route]
    expect(access.fresh).toBe(true)
    const told = toldOf().length
    expect((await owner.post(route.replace('post ', ''), fields)).status).toBeLessThan(400)
    await expectRecordedAndTold(act, 1, told)
  })

  test('is recorded and told in the same way on the command line', async () => {
    const { command } = WAYS[act]
    if (command === undefined) return expect(act).toMatch(/-messages$/)
    const told = toldOf().length
    expect((await command()).status).toBe(0)
    await expectRecordedAndTold(act, null, told)
  })
})

describe('on the command line each act leaves a line that names nobody', () => {
  const { mail, suppression } = {
    mail: (...words: string[]) => runMail(app.app.ports, words),
    suppression: (...words: string[]) => runSuppression(app.app.ports, words),
  }
  const idOfDay = (day: number) => String(queryRows(app.dataDir, `select id from delivery where day = ${day}`)[0]?.id)
  const reportId = () => String(queryRows(app.dataDir, 'select id from mail_event')[0]?.id)

  test.each<[string, () => Promise<{ status: number }>, object]>([
    ['mail release', () => mail('release'), { act: 'release-sending', details: { setAside: 0 } }],
    ['mail hold', () => mail('hold'), { act: 'hold-sending' }],
    ['mail arrived', () => mail('arrived', idOfDay(1)), { act: 'settle-delivery', details: { as: 'arrived' } }],
    ['mail again', () => mail('again', idOfDay(1)), { act: 'settle-delivery', details: { as: 'send-again' } }],
    ['mail reports again', () => mail('reports', 'again', reportId()), { act: 'retry-report' }],
    ['mail reports drop', () => mail('reports', 'drop', reportId()), { act: 'drop-report' }],
    ['suppression add', () => suppression('add', 'ada@example.test'), { act: 'suppress', learnerId: 1 }],
    ['suppression add of a stranger', () => suppression('add', 'z@example.test'), { act: 'suppress', learnerId: null }],
  ])('%s', async (_name, work, line) => {
    const before = (await lastLine())?.number ?? 0
    const told = toldOf().length
    expect((await work()).status).toBe(0)
    const after = await lastLine()
    expect(after).toMatchObject({ ...line, number: before + 1, operatorId: null, reason: null })
    expect(JSON.stringify(after)).not.toContain('example.test')
    expect(toldOf()).toHaveLength(told)
  })

  test('resuming and lifting too', async () => {
    await mail('release')
    await app.app.ports.store.sendingState.pauseForPerson('a test', app.clock.now())
    await mail('resume')
    expect(await lastLine()).toMatchObject({ act: 'resume-sending', operatorId: null })
    await suppression('add', 'ada@example.test')
    await suppression('remove', 'ada@example.test')
    expect(await lastLine()).toMatchObject({ act: 'lift-suppression', operatorId: null, learnerId: 1 })
  })

  test('without a desk the acts are recorded, and there is nobody to tell', async () => {
    const { ports } = app.app
    const told = toldOf().length
    const off = { ...ports, settings: { ...ports.settings, deskUrl: null } }
    expect((await runSuppression(off, ['export'])).status).toBe(0)
    expect(await lastLine()).toMatchObject({ act: 'export-suppressions' })
    expect(toldOf()).toHaveLength(told)
  })

  test('what only looks, and what changes nothing, leaves none', async () => {
    const before = (await lastLine())?.number
    for (const words of [['status'], ['unconfirmed'], ['reports'], ['resume'], ['release'], ['arrived', '999999']])
      await mail(...words)
    await suppression('check', 'ada@example.test')
    await suppression('remove', 'nobody@example.test')
    expect((await lastLine())?.number).toBe(before)
  })
})
