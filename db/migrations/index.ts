import type { Migration } from 'kysely/migration'
import * as first from './001-enrolments-and-deliveries.ts'
import * as second from './002-variants-check-ins-and-reading.ts'
import * as startingPoints from './003-starting-points.ts'
import * as mailEvents from './004-mail-events.ts'
import * as relayPermits from './005-relay-permits.ts'
import * as unconfirmedIndex from './006-unconfirmed-index.ts'
import * as dueIndex from './007-due-index-covers.ts'
import * as reportQueue from './008-report-queue.ts'
import * as refusals from './009-refusals.ts'
import * as sessions from './010-sessions-and-short-emails.ts'
import * as sealedForms from './011-sealed-forms.ts'
import * as mailboxes from './012-mailboxes.ts'
import * as installation from './013-installation-and-unbuilt-messages.ts'
import * as fieldLooks from './014-field-looks.ts'
import * as ownWriting from './015-own-writing.ts'
import * as connectionsPerWorker from './016-connections-per-worker.ts'
import * as courseLanguages from './017-course-languages.ts'
import * as paceAndPause from './018-pace-and-pause.ts'
import * as wayBack from './019-way-back.ts'
import * as desk from './022-desk.ts'
import * as deskDeliveries from './023-desk-deliveries.ts'
import * as deskActs from './024-desk-acts.ts'
import * as deliveryAttempts from './025-delivery-attempts.ts'
import * as questions from './026-questions.ts'
import * as replies from './027-replies.ts'
import * as answering from './028-answering.ts'
import * as publishing from './029-publishing.ts'

/** Append-only: never edit, reorder or remove a migration that has run anywhere. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-enrolments-and-deliveries': first,
  '003-starting-points': startingPoints,
  '002-variants-check-ins-and-reading': second,
  '004-mail-events': mailEvents,
  '005-relay-permits': relayPermits,
  '006-unconfirmed-index': unconfirmedIndex,
  '007-due-index-covers': dueIndex,
  '008-report-queue': reportQueue,
  '009-refusals': refusals,
  '010-sessions-and-short-emails': sessions,
  '011-sealed-forms': sealedForms,
  '012-mailboxes': mailboxes,
  '013-installation-and-unbuilt-messages': installation,
  '014-field-looks': fieldLooks,
  '015-own-writing': ownWriting,
  '016-connections-per-worker': connectionsPerWorker,
  '017-course-languages': courseLanguages,
  '018-pace-and-pause': paceAndPause,
  '019-way-back': wayBack,
  '022-desk': desk,
  '023-desk-deliveries': deskDeliveries,
  '024-desk-acts': deskActs,
  '025-delivery-attempts': deliveryAttempts,
  '026-questions': questions,
  '027-replies': replies,
  '028-answering': answering,
  '029-publishing': publishing,
}
