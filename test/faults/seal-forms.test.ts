import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import type { Variant } from '../../src/core/model.ts'
import { deriveKeys } from '../../src/core/security/keys.ts'
import { signLink } from '../../src/core/security/link-token.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { queryRows } from '../support/database/database-rows.ts'
import { freePort } from '../support/free-port.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createVisitor } from '../support/visitor.ts'
import { patience, sizes } from '../trial-sizes.ts'
import {
  copyCourse,
  createEarlierDatabase,
  type EarlierLearner,
  namesIn,
  OVERLAYS,
  TRACKS,
  wordsFor,
} from './support/earlier-database.ts'
import { waitWithPauses } from './support/multi-process-harness.ts'
import { type Service, spawnService } from './support/service.ts'
import { type Receiver, startReceiver } from './support/test-relay.ts'

jest.setTimeout(patience)

const SECRET = 'a secret that only tests know, 0123456789'
/** Enough that sealing them takes several slices. */
const LEARNERS = sizes.sealed
const UNSEALED = `select
  (select count(*) from sign_up where track is not null or overlays <> '[]' or starting_point is null)
  + (select count(*) from enrolment where track is not null or overlays <> '[]' or starting_point is null)
  + (select count(*) from delivery where variant is not null)
  + (select count(*) from answer where field not like '.%')
  + (select count(*) from upkeep) as n`

let data: Awaited<ReturnType<typeof createTempFolder>>
let lessons: Awaited<ReturnType<typeof createTempFolder>>
let redis: EmbeddedRedis
let receiver: Receiver
let url: string
let services: Service[]
let learners: readonly EarlierLearner[]

beforeEach(async () => {
  data = await createTempFolder()
  lessons = await createTempFolder()
  await copyCourse(lessons.path)
  const file = join(data.path, 'bootcamp.db')
  learners = await createEarlierDatabase(file, { secret: SECRET, learners: LEARNERS, now: Date.now() })
  redis = await startEmbeddedRedis({ dataDir: data.path })
  receiver = await startReceiver({ keep: () => true, pipelining: true })
  services = []
})

afterEach(async () => {
  await Promise.all(services.map((service) => service.kill()))
  await receiver.close()
  await redis.stop()
  await data.remove()
  await lessons.remove()
})

async function start(role: 'worker' | 'both'): Promise<Service> {
  const port = await freePort()
  const service = spawnService({
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: data.path,
    COURSE: 'three-days',
    REDIS_URL: redis.url,
    SMTP_URL: receiver.url,
    FAULT_SECRET: SECRET,
    // What the killed worker had under way comes once more.
    FAULT_RESEND_MS: '1500',
    FAULT_LESSONS: lessons.path,
  })
  services.push(service)
  await service.start(role)
  if (role === 'both') url = `http://127.0.0.1:${port}`
  return service
}

const unsealed = () => Number(queryRows(data.path, UNSEALED)[0]?.n)
const namesOf = ({ track, overlays }: Variant) => [track, ...overlays].filter((name) => name !== null).toSorted()
const namesSaid = (text: string) =>
  [...TRACKS, ...OVERLAYS].filter((name) => text.replace(/\s+/g, ' ').includes(wordsFor(name))).toSorted()

async function pageSays(enrolmentId: number, day: number): Promise<readonly string[]> {
  const token = signLink(deriveKeys(SECRET), 'lesson', [enrolmentId, day])
  const page = await createVisitor(url).get(`${url}/l/${token}`)
  expect(page.status).toBe(200)
  return namesSaid(page.text)
}

test('a database with forms in clear is sealed while lessons go out, through a kill, by two workers, to the last byte', async () => {
  expect((await namesIn(data.path)).length).toBe(4)
  const first = await start('worker')
  const all = LEARNERS * 4
  await waitWithPauses(async () => unsealed() < all - 300, 'the first slices', patience / 4)
  await first.kill()
  const left = unsealed()
  expect(left).toBeGreaterThan(0)
  expect((await namesIn(data.path)).length).toBe(4)

  await Promise.all([start('both'), start('worker')])
  // Halfway, some rows are sealed and some are not: each page has its own form all the same.
  for (const { enrolmentId, first: form } of learners.slice(0, 40))
    expect(await pageSays(enrolmentId, 1)).toEqual(namesOf(form))
  await waitWithPauses(
    async () => unsealed() === 0 && new Set(receiver.taken.map(({ to }) => to)).size === LEARNERS,
    () => `everything sealed and sent: ${unsealed()} rows left, ${receiver.taken.length} mails`,
    patience / 2,
  )

  const mails = new Map(receiver.taken.map(({ to, raw }) => [to, raw]))
  expect(mails.size).toBe(LEARNERS)
  for (const { address, next } of learners) {
    const mail = await PostalMime.parse(mails.get(address) as Buffer)
    expect({ address, said: namesSaid(mail.text ?? '') }).toEqual({ address, said: namesOf(next) })
  }
  for (const { enrolmentId, first: form, next } of learners.filter((_, index) => index % 50 === 4)) {
    expect(await pageSays(enrolmentId, 1)).toEqual(namesOf(form))
    expect(await pageSays(enrolmentId, 2)).toEqual(namesOf(next))
  }
  // What was put off has not left: the newest choice holds for it.
  expect(
    queryRows(data.path, 'select count(*) as n from delivery where day = 3 and sealed_variant is not null'),
  ).toEqual([{ n: 0 }])
  for (const [table, column, bytes] of [
    ['sign_up', 'starting_point', 2048],
    ['enrolment', 'starting_point', 2048],
    ['delivery', 'sealed_variant', 128],
  ] as const)
    expect(
      queryRows(data.path, `select distinct length(${column}) as bytes from ${table} where ${column} is not null`),
    ).toEqual([{ bytes: 1 + 12 + bytes + 16 }])
  await waitWithPauses(async () => (await namesIn(data.path)).length === 0, 'no name in any file', 10_000)
})
