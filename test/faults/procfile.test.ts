import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, expect, jest, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import { freePort } from '../support/free-port.ts'
import { waitFor } from '../support/wait-for.ts'
import { isFullMatrix, patience } from '../trial-sizes.ts'
import { createMultiProcessHarness, QUEUE_PREFIX, SECRET } from './support/multi-process-harness.ts'
import { createCluster } from './support/postgres-cluster.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(patience)

const ROOT = new URL('../..', import.meta.url)
/** The command of each kind of process. */
const PROCFILE = new Map(
  readFileSync(new URL('Procfile', ROOT), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/:\s*(.*)/, 2) as [string, string]),
)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('the Procfile has the three kinds of processes that docs/operating.md names', () => {
  expect([...PROCFILE.keys()]).toEqual(['release', 'web', 'worker'])
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
  const ports = [await freePort(), await freePort()]

  const start = (kind: string, port = 0): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', PROCFILE.get(kind) ?? 'false'], {
      cwd: ROOT,
      // A group of its own, which is ended with everything it started.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: harness.dataDir,
        LOG_LEVEL: 'error',
        PORT: String(port),
        PUBLIC_URL: `http://127.0.0.1:${ports[0]}`,
        DATA_DIR: harness.dataDir,
        DATABASE_URL: cluster.url,
        DATABASE_CONNECTIONS: '4',
        REDIS_URL: harness.redis.url,
        QUEUE_PREFIX,
        SMTP_URL: harness.receiver.url,
        SECRET_KEY: SECRET,
        COURSE_DAY: '5s',
      },
    })
    ends.push(() => {
      if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    })
    return child
  }
  const release = start('release')
  await waitFor(() => release.exitCode !== null, 'the release', patience / 4)
  expect(release.exitCode).toBe(0)
  for (const port of ports) start('web', port)
  for (let worker = 0; worker < 4; worker += 1) start('worker')
  const isUp = (port: number) =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (const port of ports) await waitFor(() => isUp(port), 'both sites', patience / 4)

  const post = async (port: number | undefined, path: string, body: object) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
    const url = new URL(path, `http://127.0.0.1:${port}`)
    expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200)
  }
  const mailsTo = (address: string) => harness.receiver.taken.filter(({ to }) => to === address)
  const addresses = Array.from({ length: PEOPLE }, (_, index) => `reader-${index}@d${index % 3}.example`)
  for (const [index, email] of addresses.entries())
    await post(ports[index % 2], '/sign-up', { email, timeZone: 'Europe/Berlin', hour: 7 })
  for (const [index, address] of addresses.entries()) {
    await waitFor(() => mailsTo(address).length > 0, `a mail to ${address}`, patience / 4)
    const { text } = await PostalMime.parse(mailsTo(address)[0]?.raw ?? '')
    const path = /\/confirm\/[\w.~-]+/.exec(text ?? '')?.[0]
    // Confirmed at the other site.
    await post(ports[(index + 1) % 2], path ?? '', {})
  }
  await waitFor(
    () => addresses.every((address) => mailsTo(address).length >= EMAILS),
    () => `the whole week of all; ${addresses.map((address) => mailsTo(address).length).join(' ')}`,
    patience / 2,
  )
  const ids = harness.receiver.taken.map(({ messageId }) => messageId)
  report({
    row: 22,
    what: 'two sites and four workers by the Procfile, one Postgres, one Redis',
    sends: ids.length,
    lost: addresses.filter((address) => mailsTo(address).length < EMAILS).length,
    twice: ids.length - new Set(ids).size,
  })
  expect(new Set(ids).size).toBe(ids.length)
  expect(addresses.map((address) => mailsTo(address).length)).toEqual(addresses.map(() => EMAILS))
}

// Six processes of the whole service take longer than the gate has.
if (isFullMatrix)
  test('two sites and four workers on one Postgres: everybody has every email of the week once', playWeek)
