import type { Plan } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course, Lesson } from '../../core/course/course.ts'
import { EMAIL_KINDS, type EmailKind, type EmailSource } from '../../core/delivery/email-kinds.ts'
import { type EmailForm, formOf, sourceOf } from '../../core/delivery/emails.ts'
import type { Variant } from '../../core/model.ts'
import type { MessageKey, Words } from '../../core/words.ts'
import { type Body, bindBody, renderBlocks, renderBody, renderSmall } from './render-body.ts'
import { bindValues, parseTemplate, type TemplateText } from './template-text.ts'

export interface TemplateRequest {
  readonly kind: EmailKind
  readonly course: Course
  readonly day: number | null
  /** For check-ins, with their total number. */
  readonly checkIn: (CheckIn & { readonly of: number }) | null
  readonly variant: Variant
  readonly plan: Plan | null
  readonly discreet: boolean
  /** A short email, which does not mention the day. */
  readonly short: boolean
  /** Whether there is a link to the help page. */
  readonly help: boolean
  /** Whether there is a link to the email as a web page. */
  readonly view: boolean
  /** Whether there are links to the learner's days and settings. */
  readonly own: boolean
  /** Whether a reply to it is read, as a question. */
  readonly replies: boolean
}

/** The pieces of an email, as plain text except for the bodies. Remaining placeholders take personal values. */
export interface EmailParts {
  readonly sender: string
  readonly subject: TemplateText
  readonly preheader: TemplateText
  readonly heading: TemplateText
  readonly dotsDone: string
  readonly dotsLeft: string
  readonly dayOf: string
  readonly body: Body | null
  readonly line: TemplateText
  readonly stepLabel: string
  readonly step: string
  readonly stepNote: string
  readonly button: string
  readonly after: string
  /** Below the button: what comes next, and the sign-off. Null where the course has none. */
  readonly afterBody: Body | null
  readonly care: Body | null
  /** The label of the link to the help page; '' for no link. */
  readonly help: string
  /** The label of the link to the email as a web page; '' for no link. */
  readonly view: string
  /** The labels of the links to the learner's days and settings; '' for no links. */
  readonly days: string
  readonly settings: string
  readonly why: string
  readonly stop: string
  readonly postalAddress: string
}

const EMPTY_PARTS = {
  dotsDone: '',
  dotsLeft: '',
  dayOf: '',
  body: null,
  line: [],
  stepLabel: '',
  step: '',
  stepNote: '',
  after: '',
  afterBody: null,
  care: null,
  help: '',
}

/** The sentences of the service for one email. Placeholders for personal values remain in them. */
export interface EmailSentences {
  readonly words: Words
  /** A message, with the values of the course and the day. */
  say(key: EmailKey): TemplateText
}

type EmailKey = Extract<MessageKey, `emails.${string}`>
/** Forms whose every word is in locales/. */
type NoticeForm = Exclude<EmailForm, CourseForm>
/** Forms that show a part of the course. */
type CourseForm = EmailSource | 'resend'

export function sentencesFor(email: TemplateRequest, words: Words): EmailSentences {
  const fixed = fixedValues(email)
  return {
    words,
    say: (key) => bindValues(parseTemplate(words.say(key, messageValues(email))), fixed),
  }
}

export function fullEmailParts(
  email: TemplateRequest,
  { words, say }: EmailSentences,
  postalAddress: string,
): EmailParts {
  const { course, variant } = email
  const form = formOf(email)
  const plain = (key: EmailKey) => say(key).join('')
  const helpLabel = email.help ? plain('emails.help') : ''
  const frame = {
    ...EMPTY_PARTS,
    sender: course.sender,
    button: plain(`emails.${form}.button`),
    view: email.view ? plain('emails.view') : '',
    days: email.own ? plain('emails.days') : '',
    settings: email.own ? plain('emails.settings') : '',
    why: `${plain(`emails.${form}.why`)} ${plain(`emails.replies.${fateOfReplies(email)}`)}`,
    stop: plain(`emails.${form}.stop`),
    postalAddress,
  }
  const source = sourceOf(email)
  if (source === null) {
    const notice = form as NoticeForm
    return {
      ...frame,
      subject: say(`emails.${notice}.subject`),
      preheader: say(`emails.${notice}.preheader`),
      heading: say(`emails.${notice}.heading`),
      body: bindBody(renderBody(words.say(`emails.${notice}.body`, messageValues(email))), fixedValues(email)),
      ...(notice === 'short' ? { help: helpLabel } : { after: plain(`emails.${notice}.after`) }),
    }
  }
  const days = course.lessons.length
  const done = lessonsDone(email)
  const sourceForm = form as CourseForm
  const step = 'exercise' in source ? source.exercise.title : ''
  return {
    ...frame,
    subject: parseTemplate(source.subject),
    preheader: parseTemplate(source.preheader),
    heading: [source.title],
    dotsDone: '●'.repeat(done ?? 0),
    dotsLeft: '○'.repeat(days - (done ?? days)),
    dayOf: plain(`emails.${sourceForm}.day-of`),
    body: withPlan(renderBlocks(source.body, variant, { after: false }), email.plan, plain('emails.lesson.plan')),
    ...(sourceForm !== 'closing' && {
      stepLabel: plain(`emails.${sourceForm}.step-label`),
      step,
      stepNote: plain(`emails.${sourceForm}.step-note`),
    }),
    afterBody: afterOf(source.body, variant),
    care: renderSmall(course.disclaimer),
    help: helpLabel,
  }
}

/** `read`: a reply is a question. `ask`: there is a page on which to ask. */
function fateOfReplies({ course, own, replies }: TemplateRequest): 'read' | 'ask' | 'unread' {
  if (replies) return 'read'
  return course.questions !== null && own ? 'ask' : 'unread'
}

/** The progress dots count lessons; null after the last one, when there is no progress to show. */
const LESSONS_DONE: Readonly<Record<EmailSource, (email: TemplateRequest) => number | null>> = {
  lesson: ({ day }) => day ?? 0,
  closing: ({ course }) => course.lessons.length,
  'check-in': () => null,
}

function lessonsDone(email: TemplateRequest): number | null {
  const { source } = EMAIL_KINDS[email.kind]
  return source === null ? null : LESSONS_DONE[source](email)
}

function afterOf(body: Lesson['body'], variant: Variant): Body | null {
  return body.some(({ after }) => after) ? renderBlocks(body, variant, { after: true }) : null
}

function withPlan(body: Body, plan: Plan | null, heading: string): Body {
  if (plan === null) return body
  const steps = plan.steps.map((step, index) => `${index + 1}. ${step}`)
  const own = renderBody(`## ${heading}\n\n${plan.line}\n\n${steps.join('\n')}`)
  return { html: [...body.html, ...own.html], text: [...body.text, '\n\n', ...own.text] }
}

/** A discreet email contains a link and nothing that reveals its subject. */
export function discreetEmailParts(email: TemplateRequest, { say }: EmailSentences, postalAddress: string): EmailParts {
  const { course } = email
  const form = formOf(email)
  const plain = (key: EmailKey) => say(key).join('')
  const source = sourceOf(email)
  const notice = form as NoticeForm
  return {
    ...EMPTY_PARTS,
    sender: course.discreet.sender,
    subject: source ? parseTemplate(source.discreetSubject) : say(`emails.${notice}.discreet.subject`),
    preheader: source ? parseTemplate(course.discreet.preheader) : say(`emails.${notice}.discreet.preheader`),
    heading: source ? [course.discreet.title] : say(`emails.${notice}.discreet.heading`),
    line: say(`emails.${form}.discreet.line`),
    button: plain(`emails.${form}.discreet.button`),
    view: email.view ? plain('emails.view') : '',
    days: email.own ? plain('emails.days-discreet') : '',
    settings: email.own ? plain('emails.settings') : '',
    // Where replies are read, that would be a hint.
    why: [plain(`emails.${form}.discreet.why`), ...(email.replies ? [] : [plain('emails.replies.unread')])].join(' '),
    stop: plain(`emails.${form}.discreet.stop`),
    postalAddress,
  }
}

/** For emails that announce the next lesson: the sentences with its time, and the sentence without one. */
export function nextSentences({ kind, discreet }: TemplateRequest, { say }: EmailSentences): NextSentences | null {
  if (kind === 'pause-ending') return { some: say(`emails.pause-ending${discreet ? '.discreet' : ''}.next`), none: [] }
  if (kind !== 'already-active') return null
  const form = discreet ? 'already-active.discreet' : 'already-active'
  const paused = say(`emails.${form}.paused`)
  return { some: say(`emails.${form}.next`), none: say(`emails.${form}.no-next`), paused }
}

export interface NextSentences {
  readonly some: TemplateText
  readonly none: TemplateText
  /** Instead of `some` while the course is paused. */
  readonly paused?: TemplateText
}

/** Authors' words are filled in after the message is parsed and its Markdown rendered, so that they are not parsed. */
function fixedValues({ course }: TemplateRequest): Record<string, string> {
  return { course: course.title }
}

/** The values that messages count, and placeholders for those that are filled in later. */
function messageValues({ course, day, checkIn, ...email }: TemplateRequest) {
  const source = sourceOf({ course, day, checkIn, ...email })
  const minutes = source !== null && 'exercise' in source ? source.exercise.minutes : 0
  return {
    course: '{{course}}',
    next: '{{next}}',
    when: '{{when}}',
    time: '{{time}}',
    days: course.lessons.length,
    day: day ?? 0,
    week: checkIn?.week ?? 0,
    weeks: checkIn?.of ?? 0,
    minutes,
  }
}
