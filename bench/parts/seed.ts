import { randomBytes } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { NO_STARTING_POINT, packStartingPoint } from '../../src/core/assessment/starting-point.ts'
import { packVariant } from '../../src/core/course/variant.ts'
import { COMMON_VARIANT, type Variant } from '../../src/core/model.ts'
import { hashToken, newNonce, tokenOf } from '../../src/core/security/confirmation-token.ts'
import { addressKey, deriveKeys, mailboxKey } from '../../src/core/security/keys.ts'
import { createSealer } from '../../src/core/security/sealer.ts'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { NAMES, OVERLAYS, pick, TRACKS, ZONES } from './sample-people.ts'

export const SECRET = 'a secret that only the bench knows, 0123456789'
export const COURSE = 'steady-week'
export const DAYS = 7

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Rows between updates of the progress. */
const BATCH = 5_000
/** Enough for the whole index of a unique key with a million random texts; otherwise every insert reads from disk. */
const CACHE_KIB = 1_500_000

export interface SeedOptions {
  /** Active enrolments to add. */
  readonly enrolments: number
  /** The next lesson of enrolment `number` (from 0), and when it is due, ms UTC. */
  readonly next: (number: number) => { readonly day: number; readonly dueAt: number }
  /** The first of them are sent to and have valid encrypted data; the others have zeros of the same size. */
  readonly openable: number
  readonly now?: number
  readonly onProgress?: (done: number) => void
}

/**
 * Fills a database with learners in the middle of their course, in the same rows as the service: a confirmed sign-up
 * with its email, an enrolment, a sent lesson for each past day and a planned one for each future day. Commits once,
 * without waiting for the disk.
 */
export async function seed(file: string, options: SeedOptions): Promise<void> {
  const database = openSqlite(file)
  await database.migrate()
  await database.close()

  const db = new Sqlite(file)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = OFF')
    db.pragma('foreign_keys = OFF')
    db.pragma(`cache_size = -${CACHE_KIB}`)
    // One commit of several GB would first be written to the write-ahead log.
    db.pragma('journal_mode = MEMORY')
    db.exec('begin exclusive')
    insertLearners(db, options)
    db.exec('commit')
    db.pragma('journal_mode = WAL')
    db.pragma('wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
}

/** Adds unconfirmed sign-ups as if their email had just been sent, and returns the tokens of their links. */
export function seedSignUps(file: string, count: number): readonly string[] {
  const db = new Sqlite(file)
  const keys = deriveKeys(SECRET)
  const sealer = createSealer(keys.wrapping, randomBytes)
  const nothing = packStartingPoint(NO_STARTING_POINT)
  const learner = db.prepare(
    'insert into learner (address, address_key, mailbox_key, data_key, created_at) values (?, ?, ?, null, ?)',
  )
  const setKey = db.prepare('update learner set data_key = ? where id = ?')
  const signUp = db.prepare(
    `insert into sign_up (learner_id, course, name, time_zone, hour, discreet, web_only, overlays, wording, nonce, token_hash,
       created_at)
     values (?, ?, 'Grace', 'Europe/Berlin', 7, 0, 0, '[]', '2026-11-1', ?, ?, ?)`,
  )
  const setStart = db.prepare('update sign_up set starting_point = ? where id = ?')
  try {
    return db
      .transaction(() =>
        Array.from({ length: count }, (_, number) => {
          const now = Date.now()
          const address = `confirms-${number}@mail.example`
          const learnerId = Number(
            learner.run(address, addressKey(keys, address), mailboxKey(keys, address), now).lastInsertRowid,
          )
          const dataKey = sealer.newDataKey(learnerId)
          setKey.run(dataKey, learnerId)
          const nonce = newNonce(randomBytes)
          const token = tokenOf(keys, nonce)
          const id = Number(signUp.run(learnerId, COURSE, nonce, hashToken(token), now).lastInsertRowid)
          setStart.run(sealer.seal(dataKey, learnerId, JSON.stringify(['starting point', { signUp: id }]), nothing), id)
          return token
        }),
      )
      .immediate()
  } finally {
    db.close()
  }
}

function insertLearners(db: Sqlite.Database, options: SeedOptions): void {
  const now = options.now ?? Date.now()
  const keys = deriveKeys(SECRET)
  const sealer = createSealer(keys.wrapping, randomBytes)
  const nothing = packStartingPoint(NO_STARTING_POINT)
  const fillerKey1 = sealer.newDataKey(1)
  const fillerKey = randomBytes(fillerKey1.length)
  const sizeOf = (plain: string) => sealer.seal(fillerKey1, 1, '', plain).length
  const filler = randomBytes(sizeOf(nothing))
  const variantBytes = sizeOf(packVariant(COMMON_VARIANT, null))
  const statements = prepare(db)
  const first = Number(db.prepare('select coalesce(max(id), 0) from learner').pluck().get())
  const firstEnrolment = Number(db.prepare('select coalesce(max(id), 0) from enrolment').pluck().get())

  for (let number = 0; number < options.enrolments; number += 1) {
    const learnerId = first + number + 1
    const enrolmentId = firstEnrolment + number + 1
    const next = options.next(number)
    const sentDays = next.day - 1
    const confirmedAt = Math.min(now, next.dueAt) - sentDays * DAY_MS - HOUR_MS
    const address = `learner-${learnerId}@mail-${learnerId % 97}.example`
    const isOpenable = number < options.openable
    const dataKey = isOpenable ? sealer.newDataKey(learnerId) : fillerKey
    const name = pick(NAMES, learnerId)
    const zone = pick(ZONES, learnerId)
    const hour = learnerId % 24
    const variant: Variant = { track: pick(TRACKS, learnerId), overlays: JSON.parse(pick(OVERLAYS, learnerId)) }
    const sealed = (owner: object) =>
      sealer.seal(
        dataKey,
        learnerId,
        JSON.stringify(['starting point', owner]),
        packStartingPoint({ ...NO_STARTING_POINT, variant }),
      )

    statements.learner.run(
      learnerId,
      address,
      addressKey(keys, address),
      mailboxKey(keys, address),
      dataKey,
      confirmedAt,
    )
    const signUpId = Number(
      statements.signUp.run(
        learnerId,
        COURSE,
        name,
        zone,
        hour,
        randomText(32),
        randomText(32),
        confirmedAt,
        confirmedAt + 60_000,
        enrolmentId,
        filler,
      ).lastInsertRowid,
    )
    const start = isOpenable ? sealed({ enrolment: enrolmentId }) : filler
    statements.enrolment.run(enrolmentId, learnerId, COURSE, name, zone, hour, confirmedAt + 60_000, start)
    const mail = { learnerId, confirmedAt, variantBytes }
    insertSent(statements, { ...mail, kind: 'sign-up', enrolmentId: null, signUpId, day: null, dueAt: confirmedAt })
    for (let day = 1; day <= DAYS; day += 1) {
      const dueAt = next.dueAt + (day - next.day) * DAY_MS
      // An hour less than a day, so that no time zone has two lessons on one date.
      const lesson = { ...mail, kind: 'lesson', enrolmentId, signUpId: null, day }
      if (day < next.day) insertSent(statements, { ...lesson, dueAt: dueAt - HOUR_MS })
      else statements.planned.run(learnerId, enrolmentId, day, dueAt, confirmedAt)
    }
    if (number % BATCH === 0) options.onProgress?.(number)
  }
}

interface SentMail {
  readonly learnerId: number
  readonly kind: string
  readonly enrolmentId: number | null
  readonly signUpId: number | null
  readonly day: number | null
  readonly dueAt: number
  readonly confirmedAt: number
  /** Size of the stored variant: zeros, because nobody decrypts it. */
  readonly variantBytes: number
}

function insertSent(statements: ReturnType<typeof prepare>, mail: SentMail): void {
  const at = mail.dueAt + 1_000
  statements.sent.run(
    mail.learnerId,
    mail.kind,
    mail.enrolmentId,
    mail.signUpId,
    mail.day,
    mail.dueAt,
    at,
    at + 20,
    at + 20,
    at + 30,
    `${randomText(16)}@course.example`,
    `250 2.0.0 Ok: queued as ${randomText(9)}`,
    mail.confirmedAt,
    mail.kind === 'lesson' ? randomBytes(mail.variantBytes) : null,
  )
}

function prepare(db: Sqlite.Database) {
  return {
    learner: db.prepare(
      'insert into learner (id, address, address_key, mailbox_key, data_key, created_at) values (?, ?, ?, ?, ?, ?)',
    ),
    signUp: db.prepare(
      `insert into sign_up (learner_id, course, name, time_zone, hour, discreet, web_only, overlays, wording, nonce,
         token_hash, created_at, confirmed_at, confirmed_how, enrolment_id, starting_point)
       values (?, ?, ?, ?, ?, 0, 0, '[]', '2026-11-1', ?, ?, ?, ?, 'button', ?, ?)`,
    ),
    enrolment: db.prepare(
      `insert into enrolment (id, learner_id, course, state, name, time_zone, hour, discreet, web_only, overlays,
         confirmed_at, starting_point, short_emails)
       values (?, ?, ?, 'active', ?, ?, ?, 0, 0, '[]', ?, ?, 0)`,
    ),
    sent: db.prepare(
      `insert into delivery (learner_id, kind, enrolment_id, sign_up_id, day, state, due_at, attempt, fence,
         first_attempt_at, dot_at, first_dot_at, settled_at, message_id, reply, created_at, sealed_variant)
       values (?, ?, ?, ?, ?, 'sent', ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    planned: db.prepare(
      `insert into delivery (learner_id, kind, enrolment_id, day, state, due_at, created_at)
       values (?, 'lesson', ?, ?, 'planned', ?, ?)`,
    ),
  }
}

let pool = Buffer.alloc(0)
let used = 0

/** Random bytes as base64url, from a pool: millions of system calls would take longer than everything else. */
function randomText(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(65_536)
    used = 0
  }
  used += bytes
  return pool.toString('base64url', used - bytes, used)
}
