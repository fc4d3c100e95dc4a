import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { complaintsAddress, returnPathOf, unsubscribeAddress } from '../../../src/core/reports/return-address.ts'
import { tokenOf } from '../../../src/core/security/confirmation-token.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { restart } from '../../../src/flow/enrolment/restart.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { applyEvents } from '../../../src/flow/reports/apply-event.ts'
import { receiveReport } from '../../../src/flow/reports/receive-report.ts'
import { confirm } from '../../../src/flow/sign-up/confirm.ts'
import { signUp } from '../../../src/flow/sign-up/sign-up.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'

const DOMAIN = 'bounces.course.example'
let parts: TestApp
let sent = 0

beforeEach(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: DOMAIN },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
})

afterEach(() => parts.close())

function receive(recipient: string) {
  sent += 1
  const head = Buffer.from(`Subject: ${sent}\n\n${'x'.repeat(1_000)}`)
  return receiveReport(parts.app.ports, { recipient, head, digest: createHash('sha256').update(head).digest() })
}

const events = () => Number(queryRows(parts.dataDir, 'select count(*) as n from mail_event')[0]?.n)

/** The sign-up, and the return path of its confirmation email. */
async function ask(): Promise<{ id: number; nonce: string; bounce: string }> {
  const { ports } = parts.app
  const preferences = {
    name: 'Ada',
    timeZone: 'Europe/Berlin',
    hour: 7,
    discreet: false,
    webOnly: false,
    shortEmails: false,
    language: null,
    pace: 'daily' as const,
    reminderHour: null,
  }
  const form = { course: 'three-days', email: 'ada@example.test', track: null, overlays: [], start: null }
  await signUp(ports, { ...form, ...preferences })
  const [row] = queryRows(
    parts.dataDir,
    'select sign_up.id, nonce, delivery.id as delivery from sign_up join delivery on delivery.sign_up_id = sign_up.id order by 1 desc',
  )
  return {
    id: Number(row?.id),
    nonce: String(row?.nonce),
    bounce: returnPathOf(ports.keys, Number(row?.delivery), DOMAIN),
  }
}

describe('nothing is kept of an email', () => {
  test('about a message to somebody who is erased', async () => {
    const { bounce } = await ask()
    expect(await receive(bounce)).toBe('kept')
    await parts.app.ports.store.transaction((unit) => unit.learners.erase(1))
    expect(events()).toBe(0)
    expect(await receive(bounce)).toBe('pointless')
    expect(events()).toBe(0)
  })

  test('that asks to stop what is stopped, or what is gone', async () => {
    const { ports } = parts.app
    const decline = unsubscribeAddress(LINKS.decline.make(ports.keys, { signUpId: (await ask()).id }), DOMAIN)
    expect(await receive(decline)).toBe('kept')
    await applyEvents(ports)
    expect(await receive(decline)).toBe('pointless')

    await confirm(ports, tokenOf(ports.keys, (await ask()).nonce), null)
    const [enrolment] = queryRows(parts.dataDir, 'select id from enrolment')
    const token = LINKS.stop.make(ports.keys, { enrolmentId: Number(enrolment?.id) })
    const address = unsubscribeAddress(token, DOMAIN)
    expect(await receive(address)).toBe('kept')
    await applyEvents(ports)
    expect(await receive(address)).toBe('pointless')
    await restart(ports, token)
    expect(await receive(address)).toBe('kept')
    await stop(ports, token)
    await ports.store.transaction((unit) => unit.learners.erase(1))
    expect(await receive(address)).toBe('pointless')
    expect(events()).toBe(0)
  })
})

test('when a thousand wait to be read, mail servers are asked to come back; a wish to stop is always taken', async () => {
  const { ports } = parts.app
  const { id, bounce } = await ask()
  changeDatabase(
    parts.dataDir,
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
     insert into mail_event (source, event_key, raw, received_at, sealed) select 'smtp', i, x'00', 0, 1 from n`,
  )
  expect(await receive(bounce)).toBe('too-many')
  expect(await receive(complaintsAddress(ports.keys, DOMAIN))).toBe('too-many')
  expect(await receive(unsubscribeAddress(LINKS.decline.make(ports.keys, { signUpId: id }), DOMAIN))).toBe('kept')
  // Those that wait for an operator hold up nobody.
  changeDatabase(parts.dataDir, "update mail_event set set_aside_at = 1 where raw = x'00'")
  expect(await receive(bounce)).toBe('kept')
})
