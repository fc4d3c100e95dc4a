import type { Kysely } from 'kysely'
import type { Repositories, Store } from '../flow/store-ports.ts'
import { emptyLog, isRewriteDue, lastIdEver, type OpenDatabase, rewriteFile, skipIds } from './database.ts'
import { createDeliveries } from './deliveries.ts'
import { createEmailedLinks } from './emailed-links.ts'
import { createEnrolments } from './enrolments.ts'
import { createHeartbeats } from './heartbeats.ts'
import { hideFields, type NameSealer } from './hidden-fields.ts'
import { createLearners } from './learners.ts'
import { createMailEvents } from './mail-events.ts'
import { createMailboxes } from './mailboxes.ts'
import { createAnswers, createProgress, createSharing } from './progress.ts'
import { type RememberedStream, rememberStream } from './remembered-stream.ts'
import { createReports } from './reports.ts'
import { createReputation } from './reputation.ts'
import type { Database } from './schema.ts'
import { createSessions } from './sessions.ts'
import { createSignUps } from './sign-ups.ts'
import { createStream } from './stream.ts'
import { createSuppressions } from './suppressions.ts'
import { createUnbuiltMessages } from './unbuilt-messages.ts'
import { createUnsealed } from './unsealed.ts'

/** `names`: seals the names of answered fields; left out, they are stored in clear, and none that are sealed can be read. */
export function createStore({ db, transaction }: OpenDatabase, names: NameSealer | null = null): Store {
  const outside = repositoriesOf(db, names)
  const stream = rememberStream(outside.stream)
  return {
    ...outside,
    stream: stream.outside,
    async transaction(work) {
      try {
        return await transaction((inside) => work(unitOf(inside, stream, names)))
      } finally {
        stream.ended()
      }
    },
    scrub: () => emptyLog(db),
    isRewriteDue: () => isRewriteDue(db),
    rewrite: (limit) => rewriteFile(db, limit),
    skipIds: (by) => skipIds(db, by),
    async installation() {
      return (await db.selectFrom('installation').select('name').executeTakeFirstOrThrow()).name
    },
    hasHistory: async () => (await lastIdEver(db, 'delivery')) > 0,
  }
}

/** Made once for each handle. */
const units = new WeakMap<Kysely<Database>, Repositories>()

function unitOf(inside: Kysely<Database>, stream: RememberedStream, names: NameSealer | null): Repositories {
  const known = units.get(inside)
  if (known !== undefined) return known
  const repositories = repositoriesOf(inside, names)
  const unit = { ...repositories, stream: stream.within(repositories.stream) }
  units.set(inside, unit)
  return unit
}

function repositoriesOf(db: Kysely<Database>, names: NameSealer | null): Repositories {
  return {
    learners: createLearners(db),
    signUps: createSignUps(db),
    enrolments: createEnrolments(db),
    deliveries: createDeliveries(db),
    progress: createProgress(db),
    answers: names === null ? createAnswers(db) : hideFields(db, createAnswers(db), names),
    sessions: createSessions(db),
    emailedLinks: createEmailedLinks(db),
    sharing: createSharing(db),
    suppressions: createSuppressions(db),
    mailboxes: createMailboxes(db),
    heartbeats: createHeartbeats(db),
    stream: createStream(db),
    mailEvents: createMailEvents(db),
    reports: createReports(db),
    reputation: createReputation(db),
    unsealed: createUnsealed(db, names),
    unbuiltMessages: createUnbuiltMessages(db),
  }
}
