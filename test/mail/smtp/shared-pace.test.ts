import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import type { SharedPace } from '../../../src/mail/smtp/message-pace.ts'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { createRelayPace } from '../../../src/store/sending/relay-pace.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { startDelayedProxy } from '../../support/delayed-proxy.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type ScriptedMailServer, startScriptedMailServer } from '../../support/scripted-mail-server.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { waitFor } from '../../support/wait-for.ts'

const RAW = Buffer.from('Subject: hello\r\n\r\nA line of the message.\r\n')
const LATE_MS = 10

let folder: Awaited<ReturnType<typeof createTempFolder>>
let server: ScriptedMailServer
/** Counts what a provider counts: connections open at a time. */
let relay: Awaited<ReturnType<typeof startDelayedProxy>>
let file: string
const mailers: SmtpMailer[] = []
const databases: OpenDatabase[] = []
/** When each message began, ms, as the relay saw it. */
let begun: number[] = []

beforeEach(async () => {
  folder = await createTempFolder()
  file = join(folder.path, 'test.db')
  const database = openSqlite(file)
  await database.migrate()
  databases.push(database)
  server = await startScriptedMailServer(0, ['PIPELINING'])
  begun = []
  server.script = (verb) => {
    if (verb === 'mail') begun.push(performance.now())
    return 'go-on'
  }
  relay = await startDelayedProxy(server.port, LATE_MS)
})
afterEach(async () => {
  await Promise.all(mailers.splice(0).map((mailer) => mailer.close()))
  for (const database of databases.splice(0)) await database.close()
  await relay.close()
  await server.close()
  await folder.remove()
})

interface Limits {
  readonly connections?: number
  readonly rate?: number
  /** Stands between the mailer and the database. */
  readonly wrap?: (pace: SharedPace) => SharedPace
}

/** Each with a connection of its own to the same file, as processes have. */
function worker(owner: string, { connections = 4, rate, wrap = (pace) => pace }: Limits = {}) {
  const database = openSqlite(file)
  databases.push(database)
  const clock = { now: () => Date.now() }
  const url = `smtp://127.0.0.1:${relay.port}`
  const mailer = createSmtpMailer({
    server: relayAt(url),
    clientName: 'test',
    socketTimeoutMs: 5_000,
    connections,
    ...(rate !== undefined && { pace: wrap(createRelayPace(database.db, { rate, clock })) }),
    drainMs: 200,
  })
  mailers.push(mailer)
  return {
    mailer,
    send: (count = 1): Promise<SmtpResult[]> =>
      Promise.all(
        Array.from({ length: count }, () =>
          mailer.send({ from: `${owner}@example.test`, to: 'reader@example.test', raw: RAW }, async () => true),
        ),
      ),
  }
}

const sentBy = (owner: string) => server.taken.filter((message) => message.from.startsWith(owner)).length
const accepted = (results: readonly SmtpResult[]) => results.filter((result) => result.kind === 'accepted').length

/** The most messages that began within any second. */
function mostInASecond(): number {
  return Math.max(...begun.map((at, first) => begun.slice(first).filter((later) => later < at + 1_000).length))
}

test('each worker opens its own number of connections, and no more', async () => {
  const workers = ['a', 'b', 'c'].map((name) => worker(name))
  const results = await Promise.all(workers.map(({ send }) => send(40)))
  expect(results.map(accepted)).toEqual([40, 40, 40])
  expect(relay.most()).toBeLessThanOrEqual(12)
  const most = relay.most()
  expect(most).toBeGreaterThan(4)
  expect(accepted((await workers[0]?.send(40)) ?? [])).toBe(40)
  expect(relay.most()).toBe(most)
})

describe('messages a second', () => {
  test('are never more than the rate and a tenth, whatever the number of workers, and not much fewer', async () => {
    const rate = 40
    const workers = ['a', 'b', 'c'].map((name) => worker(name, { rate }))
    const startedAt = performance.now()
    const results = await Promise.all(workers.map(({ send }) => send(40)))
    const tookS = (performance.now() - startedAt) / 1_000
    expect(results.map(accepted)).toEqual([40, 40, 40])
    // On its way to the relay a message may be late by itself.
    expect(mostInASecond()).toBeLessThanOrEqual(rate * 1.1 + 2)
    expect(120 / tookS).toBeGreaterThan(0.4 * rate)
    expect(Math.min(...['a', 'b', 'c'].map(sentBy))).toBe(40)
  })

  test('a high one is kept by one worker in batches, with few questions to the database', async () => {
    let calls = 0
    const counted = (pace: SharedPace): SharedPace => ({
      ...pace,
      reserve: (count) => {
        calls += 1
        return pace.reserve(count)
      },
    })
    const a = worker('a', { rate: 200, connections: 10, wrap: counted })
    expect(accepted(await a.send(400))).toBe(400)
    expect(mostInASecond()).toBeLessThanOrEqual(222)
    expect(calls).toBeLessThan(60)
  })

  test('are no burst after a relay that was slow and answered nobody for a while', async () => {
    const [rate, connections] = [40, 12]
    const a = worker('a', { rate, connections })
    // So that all connections are open.
    server.script = (verb) => (verb === 'dot' ? { after: sleep(700) } : 'go-on')
    expect(accepted(await a.send(connections))).toBe(connections)
    expect(relay.most()).toBe(connections)
    const pause = sleep(1_500)
    server.script = (verb) => {
      if (verb === 'mail') begun.push(performance.now())
      if (verb === 'data' && begun.length <= connections) return { after: sleep(400) }
      return verb === 'dot' ? { after: pause } : 'go-on'
    }
    expect(accepted(await a.send(80))).toBe(80)
    expect(mostInASecond()).toBeLessThanOrEqual(rate * 1.1 + 2)
  })

  test('while the database is locked none begins that was not reserved, and all go out later', async () => {
    const workers = ['a', 'b'].map((name) => worker(name, { rate: 50 }))
    const sending = Promise.all(workers.map(({ send }) => send(40)))
    await waitFor(() => begun.length > 5, 'some to begin')
    const other = new Sqlite(file)
    other.exec('begin immediate')
    await sleep(300)
    const before = begun.length
    await sleep(700)
    expect(begun.length).toBe(before)
    other.exec('rollback')
    other.close()
    expect((await sending).map(accepted)).toEqual([40, 40])
    expect(mostInASecond()).toBeLessThanOrEqual(57)
  })
})

describe('when the service stops', () => {
  test('what is on its way is finished, what would wait long is given back unsent', async () => {
    server.script = (verb) => {
      if (verb === 'mail') begun.push(performance.now())
      return verb === 'dot' ? { after: sleep(300) } : 'go-on'
    }
    const a = worker('a', { rate: 1 })
    const results = a.send(5)
    await waitFor(() => begun.length > 0, 'the first to begin')
    const startedAt = performance.now()
    await a.mailer.close()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    const kinds = (await results).map(({ kind }) => kind)
    expect(kinds[0]).toBe('accepted')
    expect(kinds.slice(2)).toEqual(['withdrawn', 'withdrawn', 'withdrawn'])
    expect(server.taken).toHaveLength(kinds.filter((kind) => kind === 'accepted').length)
    expect((await a.send(1))[0]?.kind).toBe('withdrawn')
  })
})
