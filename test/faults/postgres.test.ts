import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { Delivery } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { isFullMatrix, matrix, patience } from '../trial-sizes.ts'
import { judge } from './support/judge-deliveries.ts'
import { createMultiProcessHarness, type MultiProcessHarness, waitWithPauses } from './support/multi-process-harness.ts'
import { createCluster, type PostgresCluster } from './support/postgres-cluster.ts'
import { startPostgresProxy } from './support/postgres-proxy.ts'
import { report } from './support/report-trial.ts'
import type { Service } from './support/service.ts'

jest.setTimeout(patience)

const LESSONS = isFullMatrix ? 300 : 40
const WORKERS = isFullMatrix ? 2 : 1

interface Parts {
  readonly cluster: PostgresCluster
  readonly harness: MultiProcessHarness
  readonly workers: readonly Service[]
  /** Resolves once the receiving server has taken this share of the lessons. */
  arrived(share: number): Promise<void>
}

interface Trial {
  readonly name: string
  /** Settings of the server. */
  readonly settings?: readonly string[]
  /** Prepares the cluster; returns the DATABASE_URL of each worker if it is not that of the cluster. */
  readonly prepare?: (cluster: PostgresCluster) => Promise<readonly string[]>
  /** Breaks it while lessons are sent, and lets it go on. */
  readonly breakIt: (parts: Parts) => Promise<void>
  /** A worker that cannot record the replies it has received lets a second copy follow, which its row says. */
  readonly mayRepeat?: boolean
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const killed: Trial = {
  name: 'killed while sending',
  async breakIt({ cluster, arrived }) {
    for (const share of isFullMatrix ? [0.1, 0.3, 0.5, 0.7] : [0.4]) {
      await arrived(share)
      await cluster.kill()
      await cluster.start()
    }
  },
}

const restarted: Trial = {
  name: 'restarted at once, without a checkpoint',
  async breakIt({ cluster, arrived }) {
    for (const share of [0.2, 0.5]) {
      await arrived(share)
      await cluster.stopImmediately()
      await cluster.start()
    }
  },
}

let standby: PostgresCluster
/** A commit waits until the standby has it: what was confirmed is there after the failover. */
const failedOver: Trial = {
  name: 'lost, and a standby takes over',
  async prepare(cluster) {
    standby = await cluster.addStandby()
    ends.push(() => standby.close())
    await cluster.query("alter system set synchronous_standby_names = '*'")
    await cluster.query('select pg_reload_conf()')
    const hosts = [cluster.folder, standby.folder].map(encodeURIComponent).join(',')
    return [`postgres://course@/course?host=${hosts}&target_session_attrs=read-write`]
  },
  async breakIt({ cluster, arrived }) {
    await arrived(0.4)
    await cluster.kill()
    await standby.query('select pg_promote()')
  },
}

/** Holds every connection that the server can make, and takes those of the service away. */
const exhausted: Trial = {
  name: 'without a free connection',
  settings: ['max_connections=25'],
  async breakIt({ cluster, workers, arrived }) {
    await arrived(0.3)
    const held = await cluster.holdConnections()
    const says = () => workers.some((worker) => worker.words().includes('no free connection'))
    await waitFor(says, 'a worker to find no free connection')
    await held.release()
  },
}

/** What grows lies in a memory file system of 3 MB, which something else fills. */
const full: Trial = {
  name: 'on a full disk',
  async prepare(cluster) {
    const small = join(cluster.folder, 'small')
    mkdirSync(small)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small], { encoding: 'utf8' })
    if (mounted.status !== 0) throw new Error(`This trial needs root, to mount a small file system: ${mounted.stderr}`)
    ends.push(() => spawnSync('umount', ['-l', small]))
    const place = join(small, 'space')
    mkdirSync(place)
    chownSync(place, 65_534, 65_534)
    await cluster.query(`create tablespace small location '${place}'`)
    await cluster.query('alter table delivery set tablespace small')
    return [cluster.url]
  },
  async breakIt({ cluster, arrived }) {
    await arrived(0.3)
    const filler = join(cluster.folder, 'small', 'filler')
    try {
      writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }
    await waitFor(() => cluster.words().includes('No space left on device'), 'the disk to be full')
    rmSync(filler)
  },
}

/** The second worker goes on; the first one sends the rest when its network is back and the second one has gone. */
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>
const isolated: Trial = {
  name: 'out of reach for one of two workers',
  mayRepeat: true,
  async prepare(cluster) {
    proxy = await startPostgresProxy(cluster.socket)
    ends.push(() => proxy.close())
    return [`postgres://course@127.0.0.1:${proxy.port}/course`, cluster.url]
  },
  async breakIt({ arrived, workers }) {
    await arrived(0.3)
    proxy.isolate()
    await arrived(0.8)
    proxy.reconnect()
    await workers[1]?.kill()
  },
}

/**
 * What a release adds while processes of the version before go on: columns that may be null or have a default, an index, a
 * table. Then it is taken back.
 */
const migrated: Trial = {
  name: 'migrated to the next version and back',
  async breakIt({ cluster, arrived }) {
    await arrived(0.2)
    await cluster.query(`begin;
      alter table delivery add column next bigint;
      alter table enrolment add column next text not null default '';
      create index delivery_next on delivery (next);
      create table next (delivery_id bigint references delivery (id) on delete cascade);
      update delivery set next = 1;
      commit`)
    await arrived(0.6)
    await cluster.query(`begin;
      drop table next;
      alter table delivery drop column next;
      alter table enrolment drop column next;
      commit`)
  },
}

// Only root may mount a small file system.
const onSmallDisk = process.getuid?.() === 0 ? [full] : []

const trials = matrix<Trial>({
  gate: [killed],
  full: [killed, restarted, failedOver, exhausted, ...onSmallDisk, isolated, migrated],
})

describe('PostgreSQL', () => {
  test.each(trials)('$name: nothing is lost, nothing comes twice that is not excused', async (trial) => {
    const cluster = await createCluster({ settings: trial.settings ?? [] })
    ends.push(() => cluster.close())
    const urls = (await trial.prepare?.(cluster)) ?? [cluster.url]
    const harness = await createMultiProcessHarness({
      postgres: urls.at(-1) as string,
      receiver: { pipelining: true, thinkMs: () => 20 },
      env: {
        FAULT_SWEEP_MS: '300',
        FAULT_LEASE_MS: '10000',
        FAULT_RESEND_MS: '20000',
        CONCURRENCY: '4',
        SMTP_CONNECTIONS: '4',
        DATABASE_CONNECTIONS: '5',
      },
    })
    ends.push(() => harness.close())
    const rows = await harness.seed(LESSONS)
    const count = () => new Set(harness.receiver.taken.map(({ messageId }) => messageId)).size
    const arrived = (share: number) =>
      waitFor(
        () => count() >= share * LESSONS,
        () =>
          `${share} of ${LESSONS} lessons; there are ${count()}; ${workers.map((worker) => worker.words()).join('')}`,
        patience / 2,
      )
    const started = Date.now()
    const workers = await Promise.all(
      Array.from({ length: WORKERS }, (_, index) =>
        harness.run('worker', { DATABASE_URL: urls[index] ?? (urls.at(-1) as string) }),
      ),
    )
    await trial.breakIt({ cluster, harness, workers, arrived })
    const whole = performance.now()
    let left: readonly Delivery[] = []
    await waitWithPauses(
      async () => {
        const now = await harness.rows(rows).catch(() => null)
        if (now !== null) left = now.filter(({ state }) => state !== 'sent')
        return now !== null && left.length === 0
      },
      () => `everything to be sent; left are ${JSON.stringify(left.slice(0, 3))}; ${workers[0]?.words()}`,
      patience / 2,
    )
    const verdict = judge(harness.receiver, await harness.rows(rows))
    report({
      row: 21,
      what: `PostgreSQL ${trial.name}`,
      sends: harness.receiver.taken.length,
      lost: verdict.lost.length,
      twice: verdict.twice.length,
      more: verdict.more.length,
      latestMs: Math.max(...harness.receiver.taken.map(({ at }) => at)) - started,
      recoveryMs: Math.round(performance.now() - whole),
    })
    expect(verdict).toMatchObject({ lost: [], more: [], altered: [], foreign: 0 })
    // Counted and listed: the row itself says that it went out a second time.
    expect(verdict.twice.filter(({ resends }) => resends !== 1)).toEqual([])
    if (!trial.mayRepeat) expect(verdict.twice).toEqual([])
    // It has not ended, although it lost its connection in the middle of transactions.
    expect(workers[0]?.isRunning()).toBe(true)
  })
})
