import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { navigationLinks } from '../../core/course/public-pages.ts'
import {
  ALL_EMAIL_KINDS,
  EMAIL_KINDS,
  type EmailKind,
  type EmailRules,
  type EmailSource,
} from '../../core/delivery/email-kinds.ts'
import type { Variant } from '../../core/model.ts'
import { LINKS, type LinkKind } from '../../core/security/links.ts'
import type { PublicUrl } from '../../core/service-urls/public-url.ts'
import type { EmailToCompose } from '../ports/ports.ts'

/** One email that the service can send, addressed to a fictitious reader. */
export interface SampleEmail {
  /** Unique among the emails of a variant and safe in a URL and a file name: `lesson-3`. */
  readonly id: string
  readonly title: string
  readonly email: EmailToCompose
}

export interface Sampling {
  readonly course: Course
  readonly resources: CourseResources
  readonly variant: Variant
  readonly discreet: boolean
  readonly publicUrl: Pick<PublicUrl, 'href' | 'hostname'>
  readonly to: string
  readonly name: string
  readonly timeZone: string
  /** ms UTC. */
  readonly date: number
}

const DAY_MS = 86_400_000
const ABOUT_AN_ADDRESS: readonly LinkKind[] = ['confirm', 'back', 'address', 'undo-address']
/** As long as a real token. */
const TOKEN = 'AQEBc2FtcGxlLXNhbXBsZS1zYW1wbGU'
const PLAN = {
  line: 'Start with one thing that is yours to do, and let it be small.',
  steps: ['Today: the exercise in its small form.', 'This week: one hour that belongs to you.'],
}

/** Every variant of a course: each track and none, with every set of its overlays. */
export function variantsOf({ tracks, overlays }: Course): Variant[] {
  const sets: string[][] = [[]]
  for (const { name } of overlays) sets.push(...sets.map((set) => [...set, name]))
  return [null, ...tracks.map(({ name }) => name)].flatMap((track) => sets.map((set) => ({ track, overlays: set })))
}

/** Every email of one variant of a course, in the order in which a learner may receive them. */
export function sampleEmails(sampling: Sampling): SampleEmail[] {
  return ALL_EMAIL_KINDS.flatMap((kind) => {
    const rules: EmailRules = EMAIL_KINDS[kind]
    return rules.source === null ? sampleNotices(sampling, kind, rules) : SAMPLES[rules.source](sampling, kind)
  })
}

/** Each part of the course that emails show, in full and as a short email. */
const SAMPLES: Readonly<Record<EmailSource, (sampling: Sampling, kind: EmailKind) => SampleEmail[]>> = {
  lesson: (sampling, kind) =>
    // It differs from the lesson by words that are the same every day.
    kind === 'resend'
      ? [sample(sampling, kind, 'Day 1, once more', { day: 1 })]
      : [
          ...sampling.course.lessons.map(({ day, title }) =>
            sample(sampling, kind, `Day ${day}: ${title}`, { day }, `${kind}-${day}`),
          ),
          ...(sampling.resources.assessment === null
            ? []
            : [sample(sampling, kind, 'Day 1 with a plan', { day: 1, plan: PLAN }, `${kind}-1-plan`)]),
          sample(sampling, kind, 'Any day, as a short email', { day: 1, short: true }, 'short'),
        ],
  closing: (sampling, kind) => [
    sample(sampling, kind, `Closing: ${sampling.course.closing.title}`),
    sample(sampling, kind, 'Closing, as a short email', { short: true }, `${kind}-short`),
  ],
  'check-in': (sampling, kind) =>
    sampling.resources.checkIns.flatMap((checkIn) => {
      const weekly = { checkIn: { ...checkIn, of: sampling.resources.checkIns.length } }
      const [title, id] = [`Week ${checkIn.week}`, `${kind}-${checkIn.week}`]
      return [
        sample(sampling, kind, `${title}: ${checkIn.title}`, weekly, id),
        sample(sampling, kind, `${title}, as a short email`, { ...weekly, short: true }, `${id}-short`),
      ]
    }),
}

function sampleNotices(
  sampling: Sampling,
  kind: EmailKind,
  { title, sampleNextLesson }: Extract<EmailRules, { source: null }>,
): SampleEmail[] {
  if (kind === 'reminder') return [sample(sampling, kind, title, { day: 1, reminderHour: 20 })]
  if (sampleNextLesson === undefined) return [sample(sampling, kind, title)]
  const withNext = sample(sampling, kind, title, { nextLessonAt: sampling.date + DAY_MS })
  if (sampleNextLesson === 'with') return [withNext]
  return [
    withNext,
    sample(
      sampling,
      kind,
      `${title}, paused`,
      { nextLessonAt: sampling.date + DAY_MS, isPaused: true },
      `${kind}-paused`,
    ),
    sample(sampling, kind, `${title}, nothing to come`, {}, `${kind}-last`),
  ]
}

function sample(
  { course, resources, variant, discreet, publicUrl, to, name, timeZone, date }: Sampling,
  kind: EmailKind,
  title: string,
  more: Partial<EmailToCompose> = {},
  id: string = kind,
): SampleEmail {
  const { open, stop, source } = EMAIL_KINDS[kind]
  const urlOf = (link: LinkKind) => publicUrl.href + LINKS[link].path(TOKEN)
  const { help } = navigationLinks(course.name, resources, discreet)
  const links = {
    open: urlOf(open),
    stop: urlOf(stop),
    oneClickStop: urlOf(stop),
    view: urlOf('view'),
    // Emails about an address rather than a course have no links to days and settings.
    ...(!ABOUT_AN_ADDRESS.includes(open) && { own: { days: urlOf('lesson'), settings: urlOf('settings') } }),
    ...(help !== null && source !== null && { help: publicUrl.href + help }),
  }
  const messageId = `sample-${id}@${publicUrl.hostname}`
  const email = {
    kind,
    to,
    course,
    day: null,
    variant,
    discreet,
    name,
    timeZone,
    date,
    messageId,
    links,
    nextLessonAt: null,
  }
  return { id, title, email: { ...email, ...more } }
}
