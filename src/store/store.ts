import type { Kysely } from 'kysely'
import type { Repositories, Store } from '../flow/store-ports.ts'
import { emptyLog, skipIds } from './database.ts'
import { createDeliveries } from './deliveries.ts'
import { createEnrolments } from './enrolments.ts'
import { createHeartbeats } from './heartbeats.ts'
import { createLearners } from './learners.ts'
import { createMailEvents } from './mail-events.ts'
import { createAnswers, createProgress, createSessions, createSharing } from './progress.ts'
import { createReports } from './reports.ts'
import { createReputation } from './reputation.ts'
import type { Database } from './schema.ts'
import { createSignUps } from './sign-ups.ts'
import { createStream } from './stream.ts'
import { createSuppressions } from './suppressions.ts'

export function createStore(db: Kysely<Database>): Store {
  return {
    ...createRepositories(db),
    transaction: (work) => db.transaction().execute((unit) => work(createRepositories(unit))),
    scrub: () => emptyLog(db),
    skipIds: (by) => skipIds(db, by),
  }
}

function createRepositories(db: Kysely<Database>): Repositories {
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
  }
}
