import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import type { SmtpResult } from '../../../src/flow/ports/ports.ts'
import type { RelayPermits } from '../../../src/mail/smtp/relay-permits.ts'
import { createSmtpMailer, type SmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { type OpenDatabase, openSqlite } from '../../../src/store/database/database.ts'
import { createRelayPermits } from '../../../src/store/sending/relay-permits.ts'
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
  readonly rate?: number | null
  /** Stands between the mailer and its permits. */
  readonly wrap?: (permits: RelayPermits) => RelayPermits
}

/** Each with a connection of its own to the same file, as processes have. */
function worker(owner: string, { connections = 4, rate = null, wrap = (permits) => permits }: Limits = {}) {
  const database = openSqlite(file)
  databases.push(database)
  const clock = { now: () => Date.now() }
  const permits = wrap(createRelayPermits(database.db, { owner, connections, rate, clock, isDead: () => false }))
  const url = `smtp://127.0.0.1:${relay.port}`
  const mailer = createSmtpMailer({
    server: relayAt(url),
    clientName: 'test',
    socketTimeoutMs: 5_000,
    connections,
    permits,
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

describe('connections', () => {
  test('three workers with much to send never open more than the limit together, and all of them get through', async () => {
    const workers = ['a', 'b', 'c'].map((name) => worker(name))
    const results = await Promise.all(workers.map(({ send }) => send(40)))
    expect(results.map(accepted)).toEqual([40, 40, 40])
    expect(relay.most()).toBeLessThanOrEqual(4)
    expect(relay.most()).toBeGreaterThanOrEqual(3)
  })

  test('a worker that comes later gets its half from one that has them all, and both go on equally', async () => {
    const [a, b] = [worker('a'), worker('b')]
    let isOver = false
    const load = async ({ send }: typeof a) => {
      const one = async () => {
        while (!isOver) await send()
      }
      await Promise.all(Array.from({ length: 8 }, one))
    }
    const first = load(a)
    await waitFor(() => sentBy('a') > 20, 'the first to have them all')
    const second = load(b)
    await waitFor(() => sentBy('b') > 10, 'the second to get some')
    await sleep(1_000)
    const before = { a: sentBy('a'), b: sentBy('b') }
    await sleep(1_500)
    const ratio = (sentBy('a') - before.a) / (sentBy('b') - before.b)
    isOver = true
    await Promise.all([first, second])
    expect(ratio).toBeGreaterThan(0.7)
    expect(ratio).toBeLessThan(1.4)
    expect(relay.most()).toBe(4)
  })

  test('a worker that has nothing to send lets another use what it keeps open', async () => {
    const [a, b] = [worker('a'), worker('b')]
    await a.send(8)
    expect(relay.most()).toBe(4)
    expect(accepted(await b.send(40))).toBe(40)
    expect(accepted(await a.send(8))).toBe(8)
    expect(relay.most()).toBe(4)
  })

  test('where one connection must do for two workers, they take turns', async () => {
    const [a, b] = [worker('a', { connections: 1 }), worker('b', { connections: 1 })]
    const results = Promise.all([a.send(60), b.send(60)])
    await waitFor(() => sentBy('a') > 0 && sentBy('b') > 0, 'both to get a turn')
    expect(Math.min(sentBy('a'), sentBy('b'))).toBeLessThan(60)
    expect((await results).map(accepted)).toEqual([60, 60])
    expect(relay.most()).toBe(1)
  })

  test('a worker alone asks the database for connections, and not at all for a message', async () => {
    let calls = 0
    const counted = (permits: RelayPermits): RelayPermits => ({
      ...permits,
      takeConnections: (wanted) => {
        calls += 1
        return permits.takeConnections(wanted)
      },
      reserveMessages: () => {
        throw new Error('there is no rate')
      },
    })
    const a = worker('a', { wrap: counted })
    expect(accepted(await a.send(40))).toBe(40)
    expect(calls).toBeGreaterThan(0)
    calls = 0
    expect(accepted(await a.send(100))).toBe(100)
    expect(calls).toBe(0)
  })

  test('while the database is locked those that are open go on, within the limit', async () => {
    const workers = ['a', 'b'].map((name) => worker(name))
    await Promise.all(workers.map(({ send }) => send(4)))
    const other = new Sqlite(file)
    other.exec('begin immediate')
    const sending = Promise.all(workers.map(({ send }) => send(60)))
    await sleep(1_200)
    expect(relay.most()).toBeLessThanOrEqual(4)
    other.exec('rollback')
    other.close()
    expect((await sending).map(accepted)).toEqual([60, 60])
    expect(relay.most()).toBeLessThanOrEqual(4)
  })

  test('a worker that cannot renew its hold begins nothing once it may have run out, and goes on when it can', async () => {
    let isAway = false
    const unlessAway = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isAway) throw new Error('the database is away')
      return work()
    }
    const a = worker('a', {
      wrap: (permits) => ({
        ...permits,
        leaseMs: 1_000,
        takeConnections: (wanted) => unlessAway(() => permits.takeConnections(wanted)),
        keepConnections: (unused) => unlessAway(() => permits.keepConnections(unused)),
        giveConnections: (count) => unlessAway(() => permits.giveConnections(count)),
      }),
    })
    expect(accepted(await a.send())).toBe(1)
    isAway = true
    await sleep(1_100)
    const late = a.send()
    await sleep(700)
    expect(server.taken).toHaveLength(1)
    expect(relay.open()).toBe(0)
    isAway = false
    expect(accepted(await late)).toBe(1)
  })

  test('what somebody else has taken meanwhile is closed', async () => {
    const [a, b] = [worker('a', { connections: 2 }), worker('b', { connections: 2 })]
    await a.send(2)
    // As if it had been taken for dead.
    const other = new Sqlite(file)
    other.exec("update relay_slot set owner = 'c' where slot = 0")
    await waitFor(() => relay.open() === 1, 'one connection to be closed')
    other.exec("delete from relay_slot where owner = 'c'")
    other.close()
    expect(accepted(await b.send(1))).toBe(1)
    expect(relay.most()).toBe(2)
  })
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
    const counted = (permits: RelayPermits): RelayPermits => ({
      ...permits,
      reserveMessages: (count) => {
        calls += 1
        return permits.reserveMessages(count)
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
    // Whoever comes next finds everything free.
    const other = new Sqlite(file)
    expect(other.prepare('select count(*) from relay_slot').pluck().get()).toBe(0)
    other.close()
    expect((await a.send(1))[0]?.kind).toBe('withdrawn')
  })
})
