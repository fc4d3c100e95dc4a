import type { Kysely } from 'kysely'
import type { Repositories, Store } from '../flow/ports/store-ports.ts'
import { engineOf, type OpenDatabase } from './database/database.ts'
import { isRewriteDue, rewriteNow } from './database/rewrite-task.ts'
import type { Database } from './database/schema.ts'
import { createAttempts } from './delivery/attempts.ts'
import { createDeliveries } from './delivery/deliveries.ts'
import { createUnbuiltMessages } from './delivery/unbuilt-messages.ts'
import { createAnswersFor } from './desk/answers-for.ts'
import { createAuditLog } from './desk/audit-log.ts'
import { createDeskDeliveries } from './desk/desk-deliveries.ts'
import { createDeskFigures } from './desk/desk-figures.ts'
import { createOperatorSessions } from './desk/operator-sessions.ts'
import { createOperators } from './desk/operators.ts'
import { createPasskeys } from './desk/passkeys.ts'
import { createPeople } from './desk/people.ts'
import { createQuestionDrafts } from './desk/question-drafts.ts'
import { createQuestionDuty } from './desk/question-duty.ts'
import { createQuestionNotes } from './desk/question-notes.ts'
import { createSavedPassages } from './desk/saved-passages.ts'
import { createAddressChanges } from './enrolment/address-changes.ts'
import { createEnrolments } from './enrolment/enrolments.ts'
import { createLearners } from './enrolment/learners.ts'
import { createAnswers, createProgress, createSharing } from './exercise/progress.ts'
import { createPublications } from './publication/publications.ts'
import { createPublishedQuestions } from './publication/published-questions.ts'
import { createQuestions } from './question/questions.ts'
import { createReplies } from './question/replies.ts'
import { createMailEvents } from './reports/mail-events.ts'
import { createReports } from './reports/reports.ts'
import { createSuppressions } from './reports/suppressions.ts'
import { createEmailedLinks } from './security/emailed-links.ts'
import { type NameSealer, withSealedFieldNames } from './security/sealed-field-names.ts'
import { createSessions } from './security/sessions.ts'
import { createUnsealed } from './security/unsealed-rows.ts'
import { type CachedSendingState, cacheSendingState } from './sending/cached-sending-state.ts'
import { createHeartbeats } from './sending/heartbeats.ts'
import { createReputation } from './sending/reputation.ts'
import { createSendingState } from './sending/sending-state.ts'
import { createConfirmationEmails } from './sign-up/confirmation-emails.ts'
import { createMailboxes } from './sign-up/mailboxes.ts'
import { createSignUps } from './sign-up/sign-ups.ts'

/** `names` seals the field names of answers. Without it they are stored in clear, and sealed ones cannot be read. */
export function createStore({ db, transaction }: OpenDatabase, names: NameSealer | null = null): Store {
  const outside = repositoriesOf(db, names)
  const engine = engineOf(db)
  const sendingState = cacheSendingState(outside.sendingState)
  return {
    ...outside,
    sendingState: sendingState.outside,
    async transaction(work) {
      try {
        return await transaction((inside) => work(unitOf(inside, sendingState, names)))
      } finally {
        sendingState.ended()
      }
    },
    truncateRecoveryLog: () => engine.truncateLog(db),
    isRewriteDue: () => isRewriteDue(db),
    rewrite: (limit) => rewriteNow(db, limit),
    skipIds: (by) => engine.skipIds(db, by),
    async installation() {
      return (await db.selectFrom('installation').select('name').executeTakeFirstOrThrow()).name
    },
    hasHistory: async () => (await engine.highestIdEver(db, 'delivery')) > 0,
  }
}

/** Created once per handle. */
const units = new WeakMap<Kysely<Database>, Repositories>()

function unitOf(inside: Kysely<Database>, sendingState: CachedSendingState, names: NameSealer | null): Repositories {
  const known = units.get(inside)
  if (known !== undefined) return known
  const repositories = repositoriesOf(inside, names)
  const unit = { ...repositories, sendingState: sendingState.within(repositories.sendingState) }
  units.set(inside, unit)
  return unit
}

function repositoriesOf(db: Kysely<Database>, names: NameSealer | null): Repositories {
  return {
    learners: createLearners(db),
    addressChanges: createAddressChanges(db),
    signUps: createSignUps(db),
    confirmationEmails: createConfirmationEmails(db),
    enrolments: createEnrolments(db),
    deliveries: createDeliveries(db),
    progress: createProgress(db),
    answers: names === null ? createAnswers(db) : withSealedFieldNames(db, createAnswers(db), names),
    sessions: createSessions(db),
    emailedLinks: createEmailedLinks(db),
    sharing: createSharing(db),
    publications: createPublications(db),
    publishedQuestions: createPublishedQuestions(db),
    suppressions: createSuppressions(db),
    mailboxes: createMailboxes(db),
    heartbeats: createHeartbeats(db),
    sendingState: createSendingState(db),
    mailEvents: createMailEvents(db),
    reports: createReports(db),
    reputation: createReputation(db),
    unsealed: createUnsealed(db, names),
    unbuiltMessages: createUnbuiltMessages(db),
    attempts: createAttempts(db),
    operators: createOperators(db),
    passkeys: createPasskeys(db),
    operatorSessions: createOperatorSessions(db),
    auditLog: createAuditLog(db),
    deskFigures: createDeskFigures(db),
    people: createPeople(db),
    deskDeliveries: createDeskDeliveries(db),
    questions: createQuestions(db),
    replies: createReplies(db),
    answersFor: createAnswersFor(db),
    savedPassages: createSavedPassages(db),
    questionDrafts: createQuestionDrafts(db),
    questionNotes: createQuestionNotes(db),
    questionDuty: createQuestionDuty(db),
  }
}
