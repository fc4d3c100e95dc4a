import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { migrations } from '../../db/migrations/index.ts'
import type { DatabaseName } from '../options.ts'
import { type BenchDatabase, copySeeded, postgresDatabase, sqliteDatabase } from './bench-database.ts'
import { DAY } from './make-lessons.ts'
import type { Context } from './measure.ts'
import { DAYS } from './seed.ts'
import { figure } from './table.ts'

/** A database with many learners in the middle of their course. */
export interface SizedDatabase {
  readonly database: BenchDatabase
  readonly enrolments: number
  /** Separate lessons with a placeholder due time, for runs. */
  readonly apart: { readonly placeholder: number; readonly count: number }
  /** Lessons of the next hour, from `setStart` on. */
  readonly dueWithinHour: number
  /** Shifts the week so that its next hour starts at this time, ms UTC. */
  setStart(start: number): Promise<void>
  /** The start of that hour. */
  start(): number
  /** Resets lessons that a run has sent. */
  resetToPlanned(ids: readonly number[]): Promise<void>
}

interface Facts {
  readonly enrolments: number
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
/** Learner, sign-up, enrolment, the confirmation email and seven lessons. */
const ROWS_PER_LEARNER = 11
/** Increment when the seeded data changes, so that older databases are not reused. */
const SEED_VERSION = 3

/** A hundredth, a tenth and all of the maximum, without sizes too small to be meaningful. */
export function sizesUpTo(largest: number): readonly number[] {
  const sizes = [Math.round(largest / 100), Math.round(largest / 10)].filter((size) => size >= SMALLEST)
  return [...sizes, largest]
}

/** A database in Postgres with what the SQLite file of this size has, which `context.cleanup` drops. */
const copies = new WeakMap<Context, Map<number, Promise<SizedDatabase>>>()

/** Seeds a database, or opens one from an earlier run; each size is seeded once per run of the benchmark. */
export async function openSized(context: Context, enrolments: number, name: DatabaseName): Promise<SizedDatabase> {
  const database = await (name === 'sqlite' ? openFile(context, enrolments) : openCopy(context, enrolments))
  // In an old database, or after another measure, the week may have come close.
  if (database.start() < Date.now() + DAY_MS) await database.setStart(Date.now() + AWAY_MS)
  return database
}

async function openCopy(context: Context, enrolments: number): Promise<SizedDatabase> {
  const known = copies.get(context) ?? new Map<number, Promise<SizedDatabase>>()
  copies.set(context, known)
  const copy = known.get(enrolments) ?? copyToPostgres(context, await openFile(context, enrolments))
  known.set(enrolments, copy)
  return copy
}

async function copyToPostgres(context: Context, { file, facts }: SizedFile): Promise<SizedDatabase> {
  const { progress, cleanup } = context
  progress.step(`copying ${figure(facts.enrolments, 0)} learners to Postgres`)
  const database = await postgresDatabase(context, cleanup)
  const rows = facts.enrolments * ROWS_PER_LEARNER
  await copySeeded(file, database.url, (copied) => progress.at(copied / rows))
  progress.done()
  return sized(database, { ...facts }, () => {})
}

type SizedFile = SizedDatabase & { readonly file: string; readonly facts: Facts }

async function openFile(context: Context, enrolments: number): Promise<SizedFile> {
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
    await requireDiskSpace(folder, enrolments * options.databases.length)
    progress.step(`seeding ${figure(enrolments, 0)} learners`)
    const seeded = await seedWeek(sqliteDatabase(file), enrolments, apart, (done) => progress.at(done / enrolments))
    // Written last, so that an interrupted seeding is repeated.
    writeFileSync(factsFile, JSON.stringify(seeded))
    progress.done()
  }
  const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as Facts
  const found = sized(sqliteDatabase(file), facts, (now) => writeFileSync(factsFile, JSON.stringify(now)))
  return { ...found, file, facts }
}

/** `keep` is told the facts after a change. */
function sized(database: BenchDatabase, facts: Facts, keep: (facts: Facts) => void): SizedDatabase {
  const { placeholder } = facts
  return {
    database,
    enrolments: facts.enrolments,
    apart: { placeholder, count: facts.apart },
    dueWithinHour: facts.dueWithinHour,
    start: () => facts.start,
    // Does not move the separate lessons and what follows them.
    async setStart(start) {
      await database.prepare(
        `update delivery set due_at = due_at + ? where state in ('planned', 'deferred', 'unconfirmed') and due_at < ?`,
        [[start - facts.start, placeholder]],
      )
      await database.tidy()
      facts.start = start
      keep(facts)
    },
    resetToPlanned: (ids) =>
      database.prepare(
        `update delivery set state = 'planned', due_at = ?, attempt = 0, fence = fence + 1, first_attempt_at = null,
           dot_at = null, first_dot_at = null, settled_at = null, message_id = null, reply = null, sealed_variant = null,
           lease_until = null, lease_owner = null
         where id = ?`,
        ids.map((id) => [placeholder, id]),
      ),
  }
}

async function seedWeek(
  database: BenchDatabase,
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
  await database.seed({
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
  return { enrolments, placeholder, apart, dueWithinHour, start }
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
