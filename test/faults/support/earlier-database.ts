import { randomBytes } from 'node:crypto'
import { appendFile, cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import type { Variant } from '../../../src/core/model.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { createSealer } from '../../../src/core/security/sealer.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { FIXTURE_COURSES } from '../../support/test-app.ts'

/** Names that occur nowhere else, so that they can be searched for. */
export const TRACKS = ['zebratrack', 'ottertrack']
export const OVERLAYS = ['heronoverlay', 'finchoverlay']

const DAY_MS = 86_400_000

/** Text in emails and pages for readers of one track or overlay. */
export const wordsFor = (name: string) => `Words for readers of ${name.replace(/track|overlay/, '')} alone`

/** A copy of the three-day course, with tracks and overlays. */
export async function copyCourse(folder: string): Promise<void> {
  const course = join(folder, 'three-days')
  await cp(join(FIXTURE_COURSES, 'three-days'), course, { recursive: true })
  const named = (names: readonly string[]) =>
    names.map((name) => `    - { name: ${name}, title: ${name}, summary: For tests. }\n`).join('')
  await appendFile(
    join(course, 'course.yaml'),
    `audiences:\n  tracks:\n${named(TRACKS)}  overlays:\n${named(OVERLAYS)}`,
  )
  const blocks = [...TRACKS, ...OVERLAYS].map((name) => `\n::: for ${name}\n${wordsFor(name)}.\n:::\n`).join('')
  for (const day of [1, 2, 3]) await appendFile(join(course, `day-${day}.md`), blocks)
}

export interface EarlierLearner {
  readonly address: string
  readonly enrolmentId: number
  /** The variant of the first day, which was sent, and of the days to come. */
  readonly first: Variant
  readonly next: Variant
}

/**
 * A database from before variants were sealed: learners whose first lesson was sent yesterday, perhaps in another
 * variant than the one they have chosen since, whose second is due now, and whose third was tried and deferred.
 */
export async function createEarlierDatabase(
  file: string,
  options: { secret: string; learners: number; now: number },
): Promise<readonly EarlierLearner[]> {
  const database = openSqlite(file)
  const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '008'))
  const migrator = new Migrator({ db: database.db, provider: { getMigrations: async () => earlier } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
  await database.close()

  const db = new Sqlite(file)
  const sealer = createSealer(deriveKeys(options.secret).wrapping, randomBytes)
  const nothing = JSON.stringify({ holds: [], plan: null, planDay: null }).padEnd(2048)
  const columns = 'name, time_zone, hour, discreet, web_only, course, learner_id, track, overlays, starting_point'
  const values = "'Ada', 'Europe/Berlin', 7, 0, 0, 'three-days'"
  const learner = db.prepare(
    'insert into learner (id, address, address_key, data_key, created_at) values (?, ?, ?, ?, 0)',
  )
  const enrolment = db.prepare(
    `insert into enrolment (${columns}, id, state, confirmed_at) values (${values}, ?, ?, ?, ?, ?, 'active', ?)`,
  )
  const signUp = db.prepare(
    `insert into sign_up (${columns}, enrolment_id, wording, nonce, token_hash, created_at, confirmed_at)
     values (${values}, ?, ?, ?, ?, ?, 'v', ?, ?, 0, 1)`,
  )
  const delivery = db.prepare(
    `insert into delivery (learner_id, kind, enrolment_id, day, state, due_at, attempt, first_attempt_at, dot_at,
       first_dot_at, settled_at, message_id, reply, created_at, variant)
     values (?, 'lesson', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
  )
  const answer = db.prepare(
    `insert into answer (enrolment_id, day, session, field, version, sealed, saved_at) values (?, 1, 's', ?, 1, x'01', 0)`,
  )
  const learners: EarlierLearner[] = []
  db.transaction(() => {
    for (let id = 1; id <= options.learners; id += 1) {
      const next = variantOf(id)
      const first = variantOf(id + Number(id % 5 === 0))
      const address = `learner-${id}@example.test`
      // Enrolments from before starting points were stored have none, and some have no key either.
      const isOldest = id % 3 === 0
      const key = isOldest ? null : sealer.newDataKey(id)
      const sealed = (owner: object) => key && sealer.seal(key, id, JSON.stringify(['starting point', owner]), nothing)
      const form = [next.track, JSON.stringify(next.overlays)]
      learner.run(id, address, `key of ${address}`, key)
      enrolment.run(id, ...form, sealed({ enrolment: id }), id, options.now - DAY_MS)
      signUp.run(id, ...form, sealed({ signUp: id }), id, `n${id}`, `t${id}`)
      const sentAt = options.now - DAY_MS
      const text = (variant: Variant) => JSON.stringify({ track: variant.track, overlays: variant.overlays })
      delivery.run(id, id, 1, 'sent', sentAt, 1, sentAt, sentAt, sentAt, sentAt, `m${id}`, '250 ok', text(first))
      delivery.run(id, id, 2, 'planned', options.now, 0, null, null, null, null, null, null, null)
      const later = options.now + DAY_MS
      delivery.run(id, id, 3, 'deferred', later, 1, later, null, null, null, `l${id}`, '450', text(first))
      // A field that only one track has.
      if (next.track !== null) answer.run(id, `${next.track}-note`)
      learners.push({ address, enrolmentId: id, first, next })
    }
  }).immediate()
  db.close()
  return learners
}

/** Every variant of the course in turn. */
function variantOf(id: number): Variant {
  const track = [null, ...TRACKS][id % 3] ?? null
  return { track, overlays: OVERLAYS.filter((_, index) => Math.floor(id / 3) & (1 << index)) }
}

/** Which of the names occur in the bytes of any file in the folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found = new Set<string>()
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name))
    for (const name of [...TRACKS, ...OVERLAYS]) if (bytes.includes(name)) found.add(name)
  }
  return [...found]
}
