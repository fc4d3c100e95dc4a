import type { Selectable } from 'kysely'
import type {
  Delivery,
  DeliveryKind,
  DeliveryState,
  Enrolment,
  EnrolmentState,
  Preferences,
  SignUp,
  Variant,
} from '../../core/model.ts'
import { DEFAULT_PACE, paceNamed } from '../../core/pace.ts'
import type { DeliveryDetails } from '../../flow/ports/delivery-ports.ts'
import { NO_STORED_START, type StoredStart } from '../../flow/ports/enrolment-ports.ts'
import type { QueryParameters } from './prepared-queries.ts'
import type { Database, PreferenceColumns } from './schema.ts'

export function toPreferenceColumns(preferences: Omit<Preferences, 'shortEmails'>): PreferenceColumns {
  return {
    name: preferences.name,
    time_zone: preferences.timeZone,
    hour: preferences.hour,
    discreet: Number(preferences.discreet),
    web_only: Number(preferences.webOnly),
    language: preferences.language,
    pace: preferences.pace,
    reminder_hour: preferences.reminderHour,
  }
}

/** Placeholder for the result of `toPreferenceColumns` in a prepared query. */
export function preferenceParameters(parameter: QueryParameters<PreferenceColumns>) {
  return {
    name: parameter('name'),
    time_zone: parameter('time_zone'),
    hour: parameter('hour'),
    discreet: parameter('discreet'),
    web_only: parameter('web_only'),
    language: parameter('language'),
    pace: parameter('pace'),
    reminder_hour: parameter('reminder_hour'),
  }
}

export function toPreferences(row: PreferenceColumns): Omit<Preferences, 'shortEmails'> {
  return {
    name: row.name,
    timeZone: row.time_zone,
    hour: row.hour,
    discreet: row.discreet === 1,
    webOnly: row.web_only === 1,
    language: row.language,
    pace: paceNamed(row.pace ?? '') ?? DEFAULT_PACE,
    reminderHour: row.reminder_hour,
  }
}

const PREFERENCE_COLUMNS = [
  'name',
  'time_zone',
  'hour',
  'discreet',
  'web_only',
  'language',
  'pace',
  'reminder_hour',
] as const satisfies readonly (keyof PreferenceColumns)[]

/** These lists, here and for sign-ups, omit the sealed columns, which are much longer than the rest. */
export const ENROLMENT_COLUMNS = [
  'id',
  'learner_id',
  'course',
  'state',
  ...PREFERENCE_COLUMNS,
  'confirmed_at',
  'check_ins_stopped_at',
  'short_emails',
  'paused_at',
  'paused_until',
  'days',
] as const satisfies readonly (keyof Database['enrolment'])[]

export const SIGN_UP_COLUMNS = [
  'id',
  'learner_id',
  'course',
  ...PREFERENCE_COLUMNS,
  'short_emails',
  'wording',
  'nonce',
  'created_at',
  'confirmed_at',
  'declined_at',
  'enrolment_id',
] as const satisfies readonly (keyof Database['sign_up'])[]

export type DetailsRow = Selectable<Database['delivery']> &
  Pick<Selectable<Database['learner']>, 'address' | 'data_key'> &
  Pick<Selectable<Database['enrolment']>, (typeof DETAIL_COLUMNS)[number]> & {
    readonly enrolment_state: string
  }

/** Columns of the enrolment that its delivery has no column of the same name for. */
export const DETAIL_COLUMNS = [
  ...ENROLMENT_COLUMNS.filter((name) => name !== 'id' && name !== 'learner_id' && name !== 'state'),
  'starting_point',
  'track',
  'overlays',
] as const satisfies readonly (keyof Database['enrolment'])[]

/** A delivery with its learner, and with its enrolment if it has one. */
export function toDetails(row: DetailsRow): DeliveryDetails {
  return {
    row: toDelivery(row),
    enrolment: row.enrolment_id === null ? null : enrolmentFrom(row, row.enrolment_id, row.enrolment_state),
    learner: { id: row.learner_id, address: row.address },
    dataKey: row.data_key,
    start: row.enrolment_id === null ? NO_STORED_START : toStoredStart(row),
  }
}

export function toEnrolment(
  row: Pick<Selectable<Database['enrolment']>, (typeof ENROLMENT_COLUMNS)[number]>,
): Enrolment {
  return enrolmentFrom(row, row.id, row.state)
}

function enrolmentFrom(
  row: Pick<Selectable<Database['enrolment']>, Exclude<(typeof ENROLMENT_COLUMNS)[number], 'id' | 'state'>>,
  id: number,
  state: string,
): Enrolment {
  return {
    ...toPreferences(row),
    id,
    learnerId: row.learner_id,
    course: row.course,
    state: state as EnrolmentState,
    confirmedAt: row.confirmed_at,
    checkInsStoppedAt: row.check_ins_stopped_at,
    days: row.days,
    shortEmails: row.short_emails === null ? null : row.short_emails === 1,
    pause:
      row.paused_at === null || row.paused_until === null ? null : { since: row.paused_at, until: row.paused_until },
  }
}

export function toSignUp(row: Pick<Selectable<Database['sign_up']>, (typeof SIGN_UP_COLUMNS)[number]>): SignUp {
  return {
    id: row.id,
    learnerId: row.learner_id,
    course: row.course,
    preferences: { ...toPreferences(row), shortEmails: row.short_emails === 1 },
    wording: row.wording,
    nonce: row.nonce,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    declinedAt: row.declined_at,
    enrolmentId: row.enrolment_id,
  }
}

export function toDelivery(row: Selectable<Database['delivery']>): Delivery {
  return {
    id: row.id,
    learnerId: row.learner_id,
    kind: row.kind as DeliveryKind,
    enrolmentId: row.enrolment_id,
    signUpId: row.sign_up_id,
    day: row.day,
    state: row.state as DeliveryState,
    dueAt: row.due_at,
    attempt: row.attempt,
    fence: row.fence,
    leaseUntil: row.lease_until,
    handedOverAt: row.dot_at,
    firstAttemptAt: row.first_attempt_at,
    firstHandoverAt: row.first_dot_at,
    settledAt: row.settled_at,
    resends: row.resends,
    messageId: row.message_id,
    reply: row.reply,
    refusedAt: row.refused_at,
    resendOf: row.resend_of,
    sealedVariant: row.sealed_variant,
    plainVariant: row.variant === null ? null : (JSON.parse(row.variant) as Variant),
  }
}

/** The `overlays` column of a row without overlays in clear. */
export const NO_OVERLAYS = '[]'

export function toStoredStart(
  row: Pick<Selectable<Database['enrolment']>, 'starting_point' | 'track' | 'overlays'>,
): StoredStart {
  const isEmpty = row.track === null && row.overlays === NO_OVERLAYS
  return {
    sealed: row.starting_point,
    plain: isEmpty ? null : { track: row.track, overlays: JSON.parse(row.overlays) as string[] },
  }
}
