import type { Kysely } from 'kysely'
import type { Repositories, Store } from '../flow/store-ports.ts'
import { emptyLog, type OpenDatabase, skipIds } from './database.ts'
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

export function createStore({ db, transaction }: OpenDatabase): Store {
  return {
    ...repositoriesOf(db),
    transaction: (work) => transaction((inside) => work(repositoriesOf(inside))),
    scrub: () => emptyLog(db),
    skipIds: (by) => skipIds(db, by),
  }
}

const remembered = new WeakMap<Kysely<Database>, Repositories>()

/** Made once for each handle. */
function repositoriesOf(db: Kysely<Database>): Repositories {
  const known = remembered.get(db)
  if (known !== undefined) return known
  const made: Repositories = {
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
  remembered.set(db, made)
  return made
}
