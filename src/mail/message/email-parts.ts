import type { Plan } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Closing, Course, Lesson } from '../../core/course/course.ts'
import type { EmailWords } from '../../core/course/emails.ts'
import { AppError } from '../../core/errors.ts'
import type { Variant } from '../../core/model.ts'
import type { EmailKind } from '../../flow/ports/ports.ts'
import { type Body, bindBody, renderBlocks, renderBody, renderSmall } from './render-body.ts'
import { bindValues, parseTemplate, type TemplateText } from './template-text.ts'

export interface TemplateRequest {
  readonly kind: EmailKind
  readonly course: Course
  readonly day: number | null
  /** For check-ins, and how many there are. */
  readonly checkIn: (CheckIn & { readonly of: number }) | null
  readonly variant: Variant
  readonly plan: Plan | null
  readonly discreet: boolean
  /** Says nothing of its day. */
  readonly short: boolean
  /** Whether a link to the help page will be given. */
  readonly help: boolean
  /** Whether a link to the mail as a page will be given. */
  readonly view: boolean
}

/** What a mail says, piece by piece, as plain text but for the bodies. Slots that are left are the person's. */
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
  /** The label of the link to the mail as a page; '' for no link. */
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

export function fullEmailParts(mail: TemplateRequest, words: EmailWords, postalAddress: string): EmailParts {
  const { course, variant, kind, day } = mail
  const fixed = fixedValues(mail)
  const slotted = (key: string) => bindValues(parseTemplate(words.words[key] ?? ''), fixed)
  const say = (key: string) => slotted(key).join('')
  const frame = {
    ...EMPTY_PARTS,
    sender: course.sender,
    button: say('button'),
    view: mail.view ? say('view') : '',
    why: say('why'),
    stop: say('stop'),
    postalAddress,
  }
  if (mail.short || isNotice(kind)) {
    return {
      ...frame,
      subject: slotted('subject'),
      preheader: slotted('preheader'),
      heading: slotted('heading'),
      body: bindBody(renderBody(words.body.markdown), fixed),
      after: say('after'),
      help: mail.help ? say('help') : '',
    }
  }
  const source = sourceOf(mail)
  const days = course.lessons.length
  // The dots count lessons: after the last one they say nothing any more.
  const done = kind === 'lesson' ? (day ?? 0) : kind === 'closing' ? days : 0
  return {
    ...frame,
    subject: parseTemplate(source.subject),
    preheader: parseTemplate(source.preheader),
    heading: [source.title],
    dotsDone: '●'.repeat(done),
    dotsLeft: kind === 'check-in' ? '' : '○'.repeat(days - done),
    dayOf: say('day-of'),
    body: withPlan(renderBlocks(source.body, variant, { after: false }), mail.plan, say('plan')),
    stepLabel: say('step-label'),
    step: say('step'),
    stepNote: say('step-note'),
    afterBody: afterOf(source.body, variant),
    care: renderSmall(course.disclaimer),
    help: mail.help ? say('help') : '',
  }
}

/** Mails whose body no course writes. */
export function isNotice(kind: EmailKind): boolean {
  return kind === 'confirm' || kind === 'already-active' || kind === 'reading-link' || kind === 'erase-link'
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

/** A discreet mail holds a link and nothing that tells what it is about. */
export function discreetEmailParts(mail: TemplateRequest, words: EmailWords, postalAddress: string): EmailParts {
  const { course, kind } = mail
  const slotted = (key: string) => parseTemplate(words.discreet[key] ?? '')
  const say = (key: string) => slotted(key).join('')
  const lesson = !mail.short && !isNotice(kind)
  return {
    ...EMPTY_PARTS,
    sender: course.discreet.sender,
    subject: lesson ? parseTemplate(sourceOf(mail).discreetSubject) : slotted('subject'),
    preheader: lesson ? parseTemplate(course.discreet.preheader) : slotted('preheader'),
    heading: lesson ? [course.discreet.title] : slotted('heading'),
    line: slotted('line'),
    button: say('button'),
    view: mail.view ? say('view') : '',
    why: say('why'),
    stop: say('stop'),
    postalAddress,
  }
}

/** Values of the slots in emails/words/ that the course and the day decide. */
export function fixedValues({ course, kind, day, checkIn }: TemplateRequest): Record<string, string> {
  const lesson = kind === 'lesson' ? course.lessons.find((candidate) => candidate.day === day) : undefined
  const exercise = (lesson ?? checkIn)?.exercise
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

function sourceOf({ course, kind, day, checkIn }: TemplateRequest): Lesson | Closing | CheckIn {
  if (checkIn) return checkIn
  if (kind === 'closing') return course.closing
  const lesson = course.lessons.find((candidate) => candidate.day === day)
  if (lesson === undefined) throw new AppError('misconfigured', `The course ${course.name} has no day ${day}.`)
  return lesson
}
