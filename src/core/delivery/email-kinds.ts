import type { DeliveryKind, EnrolmentState } from '../model.ts'
import type { LinkKind } from '../security/links.ts'

/** When a row of a kind may be sent, and to whom. */
export interface DeliveryRules {
  /**
   * `daily`: one of the days of the course. `weekly`: a check-in, which the learner can stop alone. Both count as the day's
   * lesson, so that no other is sent on that local day. Null: outside the course, without a day.
   */
  readonly schedule: 'daily' | 'weekly' | null
  /** The states of its enrolment in which it may be sent; `any`: whatever became of the enrolment, and without one. */
  readonly sentWhile: readonly EnrolmentState[] | 'any'
  /** For learners who read on the web only. `settle`: no email is sent and the page opens; `cancel`: neither. */
  readonly webOnly: 'send' | 'settle' | 'cancel'
  /** Whether it is sent to an address whose owner complained. */
  readonly afterComplaint: boolean
  /** Whether an identical copy may follow after a lost reply: not where a link would be dead by then. */
  readonly resend: boolean
  /**
   * For emails that somebody other than their recipient can cause, and that somebody waits for: they wait behind no lesson
   * and for no warm-up quota. `limit`: at most so many for each mailbox within `REQUESTED_EMAIL_WINDOW_MS`. `afterStop`:
   * whether it is sent to a mailbox whose person unsubscribed within `QUIET_AFTER_STOP_MS`. Null: nobody can ask for it.
   */
  readonly onRequest: { readonly limit: number; readonly afterStop: boolean } | null
}

const IN_COURSE = {
  schedule: 'daily',
  sentWhile: ['active'],
  webOnly: 'settle',
  afterComplaint: false,
  resend: true,
  onRequest: null,
} as const

const TO_AN_ADDRESS = {
  schedule: null,
  sentWhile: 'any',
  webOnly: 'send',
  afterComplaint: false,
  resend: false,
  onRequest: { limit: 3, afterStop: false },
} as const

/** About a question: also after the course, and never after a stop. */
const ABOUT_A_QUESTION = {
  schedule: null,
  sentWhile: ['active', 'paused', 'finished'],
  webOnly: 'cancel',
  afterComplaint: false,
  resend: true,
  onRequest: null,
} as const

/** One entry for each kind of row in the table of deliveries. */
export const DELIVERY_KINDS = {
  'sign-up': {
    schedule: null,
    sentWhile: 'any',
    webOnly: 'send',
    afterComplaint: false,
    resend: true,
    onRequest: { limit: 3, afterStop: false },
  },
  lesson: IN_COURSE,
  closing: IN_COURSE,
  'check-in': { ...IN_COURSE, schedule: 'weekly', sentWhile: ['active', 'finished'] },
  'pause-ending': {
    schedule: null,
    sentWhile: ['paused'],
    webOnly: 'cancel',
    afterComplaint: false,
    resend: true,
    onRequest: null,
  },
  reminder: {
    schedule: null,
    sentWhile: ['active'],
    webOnly: 'cancel',
    afterComplaint: false,
    resend: true,
    onRequest: null,
  },
  'reading-link': {
    schedule: null,
    sentWhile: 'any',
    webOnly: 'cancel',
    afterComplaint: false,
    resend: false,
    onRequest: { limit: 5, afterStop: false },
  },
  // No identical copy follows after a lost reply: it would be the third.
  resend: {
    schedule: null,
    sentWhile: ['active', 'finished'],
    webOnly: 'cancel',
    afterComplaint: false,
    resend: false,
    onRequest: null,
  },
  // Those who unsubscribed, complained or want no email may still have everything deleted.
  'erase-link': {
    schedule: null,
    sentWhile: 'any',
    webOnly: 'send',
    afterComplaint: true,
    resend: false,
    onRequest: { limit: 3, afterStop: true },
  },
  // Belongs to no enrolment; whether the learner wants this email is decided when it is due.
  'way-back': TO_AN_ADDRESS,
  'address-link': TO_AN_ADDRESS,
  'address-changed': { ...TO_AN_ADDRESS, onRequest: null },
  answer: ABOUT_A_QUESTION,
  // Anybody can write an email in the learner's name, so it comes once a day, whatever arrived.
  'question-received': { ...ABOUT_A_QUESTION, onRequest: { limit: 1, afterStop: false } },
  'follow-up': ABOUT_A_QUESTION,
  publication: ABOUT_A_QUESTION,
} as const satisfies Readonly<Record<DeliveryKind, DeliveryRules>>

/** The kinds whose rules match. */
export function deliveryKindsWith(matches: (rules: DeliveryRules) => boolean): DeliveryKind[] {
  return (Object.keys(DELIVERY_KINDS) as DeliveryKind[]).filter((kind) => matches(DELIVERY_KINDS[kind]))
}

export type LayoutName = 'lesson' | 'closing' | 'notice' | 'short' | 'discreet'

/** What an email says and where it leads. Every email has a discreet form as well. */
export type EmailRules = CommonRules & (CourseEmailRules | NoticeRules)

interface CommonRules {
  /** The kind of row that sends it. */
  readonly delivery: DeliveryKind
  /** Stands for the kind in links to the email as a page. These lie in inboxes: a number is never changed or used again. */
  readonly number: number
  readonly layout: LayoutName
  /** The link of its button. */
  readonly open: LinkKind
  /** The link in its footer, of List-Unsubscribe and of the address that takes unsubscribe emails. */
  readonly stop: LinkKind
  /** Of which time it is when it is shown as a page: that of sending, or the present for what is true only now. */
  readonly shownAsOf: 'sent' | 'now'
}

/** The parts of a course that emails show. */
export type EmailSource = 'lesson' | 'closing' | 'check-in'

/** Shows a part of the course, has a link to its help page, and leaves that part out as a short email. */
interface CourseEmailRules {
  readonly source: EmailSource
}

/** Every word is in locales/, and there is no short form. */
interface NoticeRules {
  readonly source: null
  /** Names it in the preview. */
  readonly title: string
  /** Whether the preview shows it with a next lesson to come, or in both cases, and paused. */
  readonly sampleNextLesson?: 'with' | 'both'
}

/** One entry for each kind of email, in the order in which a learner may get them. Its words are `emails.<kind>` in locales/. */
export const EMAIL_KINDS = {
  confirm: {
    delivery: 'sign-up',
    number: 0,
    source: null,
    title: 'Confirmation',
    layout: 'notice',
    open: 'confirm',
    stop: 'decline',
    shownAsOf: 'sent',
  },
  'already-active': {
    delivery: 'sign-up',
    number: 1,
    source: null,
    title: 'Signed up already',
    sampleNextLesson: 'both',
    layout: 'notice',
    open: 'lesson',
    stop: 'stop',
    shownAsOf: 'now',
  },
  lesson: {
    delivery: 'lesson',
    number: 2,
    source: 'lesson',
    layout: 'lesson',
    open: 'lesson',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  closing: {
    delivery: 'closing',
    number: 3,
    source: 'closing',
    layout: 'closing',
    open: 'lesson',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'check-in': {
    delivery: 'check-in',
    number: 4,
    source: 'check-in',
    layout: 'lesson',
    open: 'lesson',
    stop: 'stop-check-ins',
    shownAsOf: 'sent',
  },
  'reading-link': {
    delivery: 'reading-link',
    number: 5,
    source: null,
    title: 'Link to read back',
    layout: 'notice',
    open: 'read',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'erase-link': {
    delivery: 'erase-link',
    number: 6,
    source: null,
    title: 'Link to delete everything',
    layout: 'notice',
    open: 'erase',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'pause-ending': {
    delivery: 'pause-ending',
    number: 7,
    source: null,
    title: 'The end of a pause',
    sampleNextLesson: 'with',
    layout: 'notice',
    open: 'settings',
    stop: 'stop',
    shownAsOf: 'now',
  },
  reminder: {
    delivery: 'reminder',
    number: 8,
    source: null,
    title: 'Reminder in the evening',
    layout: 'notice',
    open: 'lesson',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'way-back': {
    delivery: 'way-back',
    number: 9,
    source: null,
    title: 'The way back to the courses',
    layout: 'notice',
    open: 'back',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'welcome-back': {
    delivery: 'sign-up',
    number: 10,
    source: null,
    title: 'Signed up again',
    layout: 'notice',
    open: 'confirm',
    stop: 'decline',
    shownAsOf: 'sent',
  },
  'address-link': {
    delivery: 'address-link',
    number: 11,
    source: null,
    title: 'Link to confirm a new address',
    layout: 'notice',
    open: 'address',
    stop: 'decline-address',
    shownAsOf: 'sent',
  },
  'address-changed': {
    delivery: 'address-changed',
    number: 12,
    source: null,
    title: 'Note to the former address',
    layout: 'notice',
    open: 'undo-address',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  resend: {
    delivery: 'resend',
    number: 14,
    source: 'lesson',
    layout: 'lesson',
    open: 'lesson',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  answer: {
    delivery: 'answer',
    number: 15,
    source: null,
    title: 'An answer to a question',
    layout: 'notice',
    open: 'questions',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'question-received': {
    delivery: 'question-received',
    number: 16,
    source: null,
    title: 'A reply has come',
    layout: 'notice',
    open: 'questions',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  'follow-up': {
    delivery: 'follow-up',
    number: 17,
    source: null,
    title: 'How is it now?',
    layout: 'notice',
    open: 'questions',
    stop: 'stop',
    shownAsOf: 'sent',
  },
  publication: {
    delivery: 'publication',
    number: 18,
    source: null,
    title: 'A text to read and say yes or no to',
    layout: 'notice',
    open: 'questions',
    stop: 'stop',
    shownAsOf: 'sent',
  },
} as const satisfies Readonly<Record<string, EmailRules>>

export type EmailKind = keyof typeof EMAIL_KINDS
/** The kinds of email that rows of a kind send. */
export type EmailKindOf<Kind extends DeliveryKind> = {
  [Email in EmailKind]: (typeof EMAIL_KINDS)[Email]['delivery'] extends Kind ? Email : never
}[EmailKind]

export const ALL_EMAIL_KINDS = Object.keys(EMAIL_KINDS) as readonly EmailKind[]
