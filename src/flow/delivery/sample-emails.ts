import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { navigationLinks } from '../../core/course/public-pages.ts'
import type { Variant } from '../../core/model.ts'
import { paths } from '../../core/paths.ts'
import type { PublicUrl } from '../../core/service-url.ts'
import type { EmailKind, EmailToCompose } from '../ports/ports.ts'

/** One mail that the service can send, for a reader who does not exist. */
export interface SampleEmail {
  /** Unique among the mails of one form of a course, fit for an address and a file name: `lesson-3`. */
  readonly id: string
  readonly title: string
  readonly mail: EmailToCompose
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
/** As long as a real one. */
const TOKEN = 'AQEBc2FtcGxlLXNhbXBsZS1zYW1wbGU'
const PLAN = {
  line: 'Start with one thing that is yours to do, and let it be small.',
  steps: ['Today: the exercise in its small form.', 'This week: one hour that belongs to you.'],
}

/** Every form of a course: each track and none, with every set of its overlays. */
export function variantsOf({ tracks, overlays }: Course): Variant[] {
  const sets: string[][] = [[]]
  for (const { name } of overlays) sets.push(...sets.map((set) => [...set, name]))
  return [null, ...tracks.map(({ name }) => name)].flatMap((track) => sets.map((set) => ({ track, overlays: set })))
}

/** Every mail of one form of a course, in the order a learner may get them. */
export function sampleEmails(sampling: Sampling): SampleEmail[] {
  const { course, resources } = sampling
  // A new kind of mail fails here until it is shown.
  const kinds: Readonly<Record<EmailKind, () => SampleEmail[]>> = {
    confirm: () => [sample(sampling, 'confirm', 'Confirmation')],
    'already-active': () => [
      sample(sampling, 'already-active', 'Signed up already', { nextLessonAt: sampling.date + DAY_MS }),
      sample(sampling, 'already-active', 'Signed up already, nothing to come', {}, 'already-active-last'),
    ],
    lesson: () => [
      ...course.lessons.map((lesson) =>
        sample(sampling, 'lesson', `Day ${lesson.day}: ${lesson.title}`, { day: lesson.day }, `lesson-${lesson.day}`),
      ),
      ...(resources.assessment === null
        ? []
        : [sample(sampling, 'lesson', 'Day 1 with a plan', { day: 1, plan: PLAN }, 'lesson-1-plan')]),
      sample(sampling, 'lesson', 'Any day, as a short email', { day: 1, short: true }, 'short'),
    ],
    'erase-link': () => [sample(sampling, 'erase-link', 'Link to delete everything')],
    closing: () => [
      sample(sampling, 'closing', `Closing: ${course.closing.title}`),
      sample(sampling, 'closing', 'Closing, as a short email', { short: true }, 'closing-short'),
    ],
    'check-in': () =>
      resources.checkIns.flatMap((checkIn) => {
        const weekly = { checkIn: { ...checkIn, of: resources.checkIns.length } }
        const [title, id] = [`Week ${checkIn.week}`, `check-in-${checkIn.week}`]
        return [
          sample(sampling, 'check-in', `${title}: ${checkIn.title}`, weekly, id),
          sample(sampling, 'check-in', `${title}, as a short email`, { ...weekly, short: true }, `${id}-short`),
        ]
      }),
    'reading-link': () => [sample(sampling, 'reading-link', 'Link to read back')],
  }
  return Object.values(kinds).flatMap((make) => make())
}

function sample(
  { course, resources, variant, discreet, publicUrl, to, name, timeZone, date }: Sampling,
  kind: EmailKind,
  title: string,
  more: Partial<EmailToCompose> = {},
  id: string = kind,
): SampleEmail {
  const opens: Partial<Record<EmailKind, string>> = {
    confirm: paths.confirm(TOKEN),
    'reading-link': paths.read(TOKEN),
    'erase-link': paths.eraseNow(TOKEN),
  }
  const open = opens[kind] ?? paths.lesson(TOKEN)
  const { help } = navigationLinks(course.name, resources, discreet)
  const links = {
    open: publicUrl.href + open,
    stop: publicUrl.href + paths.stop(TOKEN),
    oneClickStop: publicUrl.href + paths.stop(TOKEN),
    view: publicUrl.href + paths.mail(TOKEN),
    ...(help !== null && kind !== 'confirm' && { help: publicUrl.href + help }),
  }
  const messageId = `sample-${id}@${publicUrl.hostname}`
  const mail = {
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
  return { id, title, mail: { ...mail, ...more } }
}
