import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import { type Delivery, NEVER } from '../../src/core/model.ts'
import { patience, sizes } from '../trial-sizes.ts'
import { judge } from './support/judge-deliveries.ts'
import { createMultiProcessHarness, type MultiProcessHarness, waitWithPauses } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Role, Service } from './support/service.ts'

jest.setTimeout(patience)

const MAILS_OF_A_VISITOR = 5
const DONE = ['sent', 'cancelled']

let harness: MultiProcessHarness

beforeAll(async () => {
  harness = await createMultiProcessHarness({
    receiver: { keep: (to) => to.startsWith('visitor'), pipelining: true, thinkMs: () => Math.random() * 40 },
    env: { COURSE_DAY: '2s', FAULT_SWEEP_MS: '300', FAULT_RESEND_MS: '1500', CONCURRENCY: '4', SMTP_CONNECTIONS: '4' },
  })
})
afterAll(() => harness.close())

test(`web and worker killed ${sizes.kills} times over ${sizes.sends} sends: nothing lost, nothing thrice, twice only between the final dot and the record`, async () => {
  const spares = [harness.spawn(), harness.spawn()]
  const startOne = async (role: Role): Promise<Service> => {
    const spare = spares.shift() as Service
    spares.push(harness.spawn())
    await spare.start(role)
    return spare
  }
  const running: { role: Role; service: Service }[] = []
  for (const role of ['worker', 'worker', 'web'] as const) running.push({ role, service: await startOne(role) })

  const visits: Promise<void>[] = []
  const share = sizes.sends / 2 / sizes.kills
  let seeds = 0
  let visitors = 0
  const recoveries: number[] = []
  for (let kill = 1; kill <= sizes.kills; kill += 1) {
    const wantedSeeds = Math.round(kill * share)
    if (wantedSeeds > seeds) await harness.seed(wantedSeeds - seeds)
    seeds = wantedSeeds
    for (; visitors < (kill * share) / MAILS_OF_A_VISITOR; visitors += 1) {
      visits.push(visit(`visitor-${visitors}@example.test`))
    }
    await sleep(20 + Math.random() * 350)
    const victim = running[Math.floor(Math.random() * running.length)] as (typeof running)[number]
    await victim.service.kill()
    const goneAt = performance.now()
    victim.service = await startOne(victim.role)
    recoveries.push(performance.now() - goneAt)
  }
  await Promise.all(visits)
  let open: readonly Delivery[] = []
  await waitWithPauses(
    async () => {
      const all = await harness.all()
      open = all.filter((row) => !DONE.includes(row.state) && row.dueAt !== NEVER)
      const closings = all.filter((row) => row.kind === 'closing')
      return open.length === 0 && closings.length === visitors
    },
    () => `everything to be settled; open are ${JSON.stringify(open.slice(0, 5))}`,
    patience / 2,
  )
  await Promise.all(running.map(({ service }) => service.kill()))
  // A message that was on its way when its sender died may still come in.
  await sleep(300)

  const all = await harness.all()
  // Two marks in a row without a reply: a person decides, and the list says so.
  const listed = all.filter((row) => row.state === 'unconfirmed')
  const wanted = all.filter((row) => row.state === 'sent')
  const verdict = judge(harness.receiver, wanted, all)
  const arrived = listed.map(
    (row) => harness.receiver.taken.filter(({ messageId }) => messageId === row.messageId).length,
  )
  report({
    row: 1,
    what: 'web and worker killed at random',
    sends: harness.receiver.taken.length,
    kills: sizes.kills,
    twice: verdict.twice.length,
    more: verdict.more.length,
    lost: verdict.lost.length,
    latestMs: verdict.latestMs,
    recoveryMs: Math.round(Math.max(...recoveries)),
    note: `${visitors} visitors from sign-up to closing; ${listed.length} listed for a person, copies: ${arrived.join(' ') || 'none'}`,
  })
  expect(verdict.lost).toEqual([])
  expect(verdict.more).toEqual([])
  expect(verdict.altered).toEqual([])
  expect(verdict.unexcused).toEqual([])
  expect(verdict.foreign).toBe(0)
  // Counted and listed: the row itself says that it went out a second time.
  expect(verdict.twice.filter((row) => row.resends !== 1)).toEqual([])
  expect(all.filter((row) => row.kind === 'lesson')).toHaveLength(seeds + visitors * 3)
  expect(all.filter((row) => row.state === 'cancelled' && row.kind !== 'sign-up')).toEqual([])
})

/** Signs up and confirms like a person: asks again when the site does not answer, and believes only what was answered. */
async function visit(email: string): Promise<void> {
  await untilAnswered(`${harness.url}/sign-up`, { email, timeZone: 'Europe/Berlin', hour: 7 })
  await waitWithPauses(
    async () => harness.receiver.taken.some((message) => message.to === email),
    `a mail to ${email}`,
    patience / 2,
  )
  const mail = harness.receiver.taken.find((message) => message.to === email)
  const { text } = await PostalMime.parse(mail?.raw ?? '')
  const link = /http\S+\/confirm\/[\w.~-]+/.exec(text ?? '')?.[0]
  if (!link) throw new Error(`no link in the mail to ${email}: ${text}`)
  await untilAnswered(link, {})
}

async function untilAnswered(url: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const end = Date.now() + patience / 2
  let last = ''
  while (Date.now() < end) {
    try {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers })
      await response.text()
      if (response.ok) return
      last = `${response.status}`
      if (response.status < 500) break
    } catch (error) {
      last = String(error)
    }
    await sleep(100)
  }
  throw new Error(`no answer from ${url}: ${last}`)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
