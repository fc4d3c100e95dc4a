import type { Plan } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course, Lesson } from '../../core/course/course.ts'
import { EMAIL_KINDS, type EmailKind, type EmailSource } from '../../core/delivery/email-kinds.ts'
import { type EmailWords, sourceOf } from '../../core/delivery/emails.ts'
import type { Variant } from '../../core/model.ts'
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

export function fullEmailParts(email: TemplateRequest, words: EmailWords, postalAddress: string): EmailParts {
  const { course, variant } = email
  const fixed = fixedValues(email)
  const slotted = (key: string) => bindValues(parseTemplate(words.words[key] ?? ''), fixed)
  const say = (key: string) => slotted(key).join('')
  const frame = {
    ...EMPTY_PARTS,
    sender: course.sender,
    button: say('button'),
    view: email.view ? say('view') : '',
    why: say('why'),
    stop: say('stop'),
    postalAddress,
  }
  const source = sourceOf(email)
  if (source === null) {
    return {
      ...frame,
      subject: slotted('subject'),
      preheader: slotted('preheader'),
      heading: slotted('heading'),
      body: bindBody(renderBody(words.body.markdown), fixed),
      after: say('after'),
      help: email.help ? say('help') : '',
    }
  }
  const days = course.lessons.length
  const done = lessonsDone(email)
  return {
    ...frame,
    subject: parseTemplate(source.subject),
    preheader: parseTemplate(source.preheader),
    heading: [source.title],
    dotsDone: '●'.repeat(done ?? 0),
    dotsLeft: '○'.repeat(days - (done ?? days)),
    dayOf: say('day-of'),
    body: withPlan(renderBlocks(source.body, variant, { after: false }), email.plan, say('plan')),
    stepLabel: say('step-label'),
    step: say('step'),
    stepNote: say('step-note'),
    afterBody: afterOf(source.body, variant),
    care: renderSmall(course.disclaimer),
    help: email.help ? say('help') : '',
  }
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
export function discreetEmailParts(email: TemplateRequest, words: EmailWords, postalAddress: string): EmailParts {
  const { course } = email
  const slotted = (key: string) => parseTemplate(words.discreet[key] ?? '')
  const say = (key: string) => slotted(key).join('')
  const source = sourceOf(email)
  return {
    ...EMPTY_PARTS,
    sender: course.discreet.sender,
    subject: source ? parseTemplate(source.discreetSubject) : slotted('subject'),
    preheader: source ? parseTemplate(course.discreet.preheader) : slotted('preheader'),
    heading: source ? [course.discreet.title] : slotted('heading'),
    line: slotted('line'),
    button: say('button'),
    view: email.view ? say('view') : '',
    why: say('why'),
    stop: say('stop'),
    postalAddress,
  }
}

/** Values of the placeholders in emails/words/ that depend on the course and the day. */
export function fixedValues(email: TemplateRequest): Record<string, string> {
  const { course, day, checkIn } = email
  const source = sourceOf(email)
  const exercise = source !== null && 'exercise' in source ? source.exercise : null
  const minutes = exercise?.minutes ?? 0
  return {
    course: course.title,
    days: String(course.lessons.length),
    day: String(day ?? ''),
    week: String(checkIn?.week ?? ''),
    weeks: String(checkIn?.of ?? ''),
    exercise: exercise?.title ?? '',
    minutes: minutes === 1 ? '1 minute' : `${minutes} minutes`,
  }
}
