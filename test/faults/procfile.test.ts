import { fileURLToPath } from 'node:url'
import { afterEach, expect, jest, test } from '@jest/globals'
import { freePort } from '../support/free-port.ts'
import { waitFor } from '../support/wait-for.ts'
import { isFullMatrix, patience } from '../trial-sizes.ts'
import { createMultiProcessHarness, QUEUE_PREFIX, SECRET } from './support/multi-process-harness.ts'
import { createCluster } from './support/postgres-cluster.ts'
import { readProcfile, startLine, waitForSite } from './support/procfile.ts'
import { report } from './support/report-trial.ts'
import { signUpOverHttp } from './support/sign-up-over-http.ts'

jest.setTimeout(patience)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('the Procfile has the three kinds of processes that docs/operating.md names', () => {
  expect([...readProcfile(ROOT).keys()]).toEqual(['release', 'web', 'worker'])
})

/** The confirmation, seven lessons and the closing email of Steady Week. */
const EMAILS = 9
const PEOPLE = 12

async function playWeek(): Promise<void> {
  const cluster = await createCluster()
  ends.push(() => cluster.close())
  const harness = await createMultiProcessHarness({
    postgres: cluster.url,
    receiver: { pipelining: true, keep: () => true },
  })
  ends.push(() => harness.close())
  const sites = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`) as [string, string]

  const start = (kind: string, site = sites[0]) => {
    const started = startLine(ROOT, kind, {
      HOME: harness.dataDir,
      LOG_LEVEL: 'error',
      PORT: new URL(site).port,
      PUBLIC_URL: sites[0],
      DATA_DIR: harness.dataDir,
      DATABASE_URL: cluster.url,
      DATABASE_CONNECTIONS: '4',
      REDIS_URL: harness.redis.url,
      QUEUE_PREFIX,
      SMTP_URL: harness.receiver.url,
      SECRET_KEY: SECRET,
      COURSE_DAY: '5s',
    })
    ends.push(started.kill)
    return started
  }
  const release = start('release')
  expect({ status: await release.ended, words: release.words() }).toMatchObject({ status: 0 })
  for (const site of sites) start('web', site)
  for (let worker = 0; worker < 4; worker += 1) start('worker')
  for (const site of sites) await waitForSite(site, patience / 4)

  const to = (address: string) => harness.receiver.taken.filter((message) => message.to === address)
  const addresses = Array.from({ length: PEOPLE }, (_, index) => `reader-${index}@d${index % 3}.example`)
  // Everybody confirms at the other site.
  const [one, other] = sites
  const ways = [
    { signUp: one, confirm: other },
    { signUp: other, confirm: one },
  ] as const
  await Promise.all(
    addresses.map((address, index) =>
      signUpOverHttp(address, index % 2 === 0 ? ways[0] : ways[1], { to, limitMs: patience / 4 }),
    ),
  )
  await waitFor(
    () => addresses.every((address) => to(address).length >= EMAILS),
    () => `the whole week of all; ${addresses.map((address) => to(address).length).join(' ')}`,
    patience / 2,
  )
  const ids = harness.receiver.taken.map(({ messageId }) => messageId)
  report({
    row: 22,
    what: 'two sites and four workers by the Procfile, one Postgres, one Redis',
    sends: ids.length,
    lost: addresses.filter((address) => to(address).length < EMAILS).length,
    twice: ids.length - new Set(ids).size,
  })
  expect(new Set(ids).size).toBe(ids.length)
  expect(addresses.map((address) => to(address).length)).toEqual(addresses.map(() => EMAILS))
}

// Six processes of the whole service take longer than the gate has.
if (isFullMatrix)
  test('two sites and four workers on one Postgres: everybody has every email of the week once', playWeek)
