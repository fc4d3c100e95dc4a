import type { Kysely } from 'kysely'
import type { Repositories, Store } from '../flow/store-ports.ts'
import { emptyLog, isRewriteDue, type OpenDatabase, rewriteFile, skipIds } from './database.ts'
import { createDeliveries } from './deliveries.ts'
import { createEnrolments } from './enrolments.ts'
import { createHeartbeats } from './heartbeats.ts'
import { createLearners } from './learners.ts'
import { createMailEvents } from './mail-events.ts'
import { createAnswers, createProgress, createSessions, createSharing } from './progress.ts'
import { type RememberedStream, rememberStream } from './remembered-stream.ts'
import { createReports } from './reports.ts'
import { createReputation } from './reputation.ts'
import type { Database } from './schema.ts'
import { createSignUps } from './sign-ups.ts'
import { createStream } from './stream.ts'
import { createSuppressions } from './suppressions.ts'
import { createUnsealed } from './unsealed.ts'

export function createStore({ db, transaction }: OpenDatabase): Store {
  const outside = repositoriesOf(db)
  const stream = rememberStream(outside.stream)
  return {
    ...outside,
    stream: stream.outside,
    async transaction(work) {
      try {
        return await transaction((inside) => work(unitOf(inside, stream)))
      } finally {
        stream.ended()
      }
    },
    scrub: () => emptyLog(db),
    isRewriteDue: () => isRewriteDue(db),
    rewrite: (limit) => rewriteFile(db, limit),
    skipIds: (by) => skipIds(db, by),
  }
}

/** Made once for each handle. */
const units = new WeakMap<Kysely<Database>, Repositories>()

function unitOf(inside: Kysely<Database>, stream: RememberedStream): Repositories {
  const known = units.get(inside)
  if (known !== undefined) return known
  const repositories = repositoriesOf(inside)
  const unit = { ...repositories, stream: stream.within(repositories.stream) }
  units.set(inside, unit)
  return unit
}

function repositoriesOf(db: Kysely<Database>): Repositories {
  return {
    learners: createLearners(db),
    signUps: createSignUps(db),
    enrolments: createEnrolments(db),
    deliveries: createDeliveries(db),
    progress: createProgress(db),
    answers: createAnswers(db),
    sessions: createSessions(db),
    sharing: createSharing(db),
    suppressions: createSuppressions(db),
    heartbeats: createHeartbeats(db),
    stream: createStream(db),
    mailEvents: createMailEvents(db),
    reports: createReports(db),
    reputation: createReputation(db),
    unsealed: createUnsealed(db),
  }
}
