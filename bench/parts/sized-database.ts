import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { migrations } from '../../db/migrations/index.ts'
import { DAY } from './make-lessons.ts'
import type { Context } from './measure.ts'
import { DAYS, seed } from './seed.ts'
import { figure } from './table.ts'

/** A database with many learners in the middle of their course. */
export interface SizedDatabase {
  readonly folder: string
  readonly file: string
  readonly enrolments: number
  /** Separate lessons with a placeholder due time, for runs. */
  readonly apart: { readonly placeholder: number; readonly count: number }
  /** Lessons of the next hour, from `setStart` on. */
  readonly dueWithinHour: number
  /** Shifts the week so that its next hour starts at this time, ms UTC. */
  setStart(start: number): void
  /** The start of that hour. */
  start(): number
  /** Resets lessons that a run has sent. */
  resetToPlanned(ids: readonly number[]): void
}

interface Facts {
  readonly placeholder: number
  readonly apart: number
  readonly dueWithinHour: number
  start: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** In a course's busiest hour, four times as many lessons are due as on average. */
const WITHIN_HOUR = 0.17
/** Share of the smallest size. */
const APART = 0.8
const SMALLEST = 1_000
/** Beyond every measured horizon, until a measure shifts the week. */
const AWAY_MS = 20 * DAY_MS
const BYTES_PER_LEARNER = 14_000
/** Increment when the seeded data changes, so that older databases are not reused. */
const SEED_VERSION = 2

/** A hundredth, a tenth and all of the maximum, without sizes too small to be meaningful. */
export function sizesUpTo(largest: number): readonly number[] {
  const sizes = [Math.round(largest / 100), Math.round(largest / 10)].filter((size) => size >= SMALLEST)
  return [...sizes, largest]
}

/** Seeds a database, or opens one from an earlier run; each size is seeded once per run of the benchmark. */
export async function openSized(context: Context, enrolments: number): Promise<SizedDatabase> {
  const { options, progress } = context
  // The same for every size, because longer runs are warmer.
  const apart = Math.min(options.messages, Math.floor((sizesUpTo(options.enrolments)[0] ?? enrolments) * APART))
  const schema = createHash('sha256').update(Object.keys(migrations).join()).digest('hex').slice(0, 8)
  const name = `learners-${enrolments}-${apart}-v${SEED_VERSION}-${schema}`
  const folder = join(options.keepData ? context.keptFolder : context.dataFolder, name)
  const file = join(folder, 'bootcamp.db')
  const factsFile = join(folder, 'seeded.json')
  if (!existsSync(factsFile)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await requireDiskSpace(folder, enrolments)
    progress.step(`seeding ${figure(enrolments, 0)} learners`)
    const facts = await seedWeek(file, enrolments, apart, (done) => progress.at(done / enrolments))
    // Written last, so that an interrupted seeding is repeated.
    writeFileSync(factsFile, JSON.stringify(facts))
    progress.done()
  }
  const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as Facts
  const setStart = (start: number) => {
    shiftWaiting(file, start - facts.start, facts.placeholder)
    facts.start = start
    writeFileSync(factsFile, JSON.stringify(facts))
  }
  // In an old database, the week may have come close.
  if (facts.start < Date.now() + DAY_MS) setStart(Date.now() + AWAY_MS)
  return {
    folder,
    file,
    enrolments,
    apart: { placeholder: facts.placeholder, count: facts.apart },
    dueWithinHour: facts.dueWithinHour,
    start: () => facts.start,
    setStart,
    resetToPlanned: (ids) => resetToPlanned(file, ids, facts.placeholder),
  }
}

async function seedWeek(
  file: string,
  enrolments: number,
  apart: number,
  onProgress: (done: number) => void,
): Promise<Facts> {
  const now = Date.now()
  const start = now + AWAY_MS
  const placeholder = now + 3_650 * DAY_MS
  const dueWithinHour = Math.round(enrolments * WITHIN_HOUR)
  const soon = apart + dueWithinHour
  const rest = Math.max(1, enrolments - soon)
  await seed(file, {
    enrolments,
    openable: Math.min(enrolments, soon),
    now,
    onProgress,
    next(number) {
      if (number < apart) return { day: DAY, dueAt: placeholder }
      const day = 1 + (number % DAYS)
      if (number < soon) return { day, dueAt: start + Math.floor(((number - apart) / dueWithinHour) * HOUR_MS) }
      return { day, dueAt: start + HOUR_MS + Math.floor(((number - soon) / rest) * 23 * HOUR_MS) }
    },
  })
  return { placeholder, apart, dueWithinHour, start }
}

/** Does not move the separate lessons and what follows them. */
function shiftWaiting(file: string, by: number, placeholder: number): void {
  withoutJournal(file, (db) =>
    db
      .prepare(
        `update delivery set due_at = due_at + ? where state in ('planned', 'deferred', 'unconfirmed') and due_at < ?`,
      )
      .run(by, placeholder),
  )
}

function resetToPlanned(file: string, ids: readonly number[], placeholder: number): void {
  withoutJournal(file, (db) => {
    const reset = db.prepare(
      `update delivery set state = 'planned', due_at = ?, attempt = 0, fence = fence + 1, first_attempt_at = null,
         dot_at = null, first_dot_at = null, settled_at = null, message_id = null, reply = null, sealed_variant = null,
         lease_until = null, lease_owner = null
       where id = ?`,
    )
    for (const id of ids) reset.run(placeholder, id)
  })
}

/** Without waiting for the disk, because preparations need not survive a power cut. */
function withoutJournal(file: string, work: (db: Sqlite.Database) => void): void {
  const db = new Sqlite(file, { timeout: 10_000 })
  try {
    db.pragma('synchronous = OFF')
    db.pragma('cache_size = -500000')
    db.transaction(() => work(db)).immediate()
    db.pragma('wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
}

async function requireDiskSpace(folder: string, enrolments: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const needed = enrolments * BYTES_PER_LEARNER
  if (bavail * bsize > needed * 1.3) return
  throw new Error(
    `${figure(enrolments, 0)} learners need about ${figure(needed / 1e9)} GB on this disk, and less is free. ` +
      'Make room, choose another disk with --out, or fewer learners with --enrolments.',
  )
}
