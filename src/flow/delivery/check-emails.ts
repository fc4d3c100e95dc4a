import type { Block, Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { blocksFor } from '../../core/course/variant.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import type { PublicUrl } from '../../core/service-url.ts'
import type { Composer, Courses } from '../ports/ports.ts'
import { type SampleEmail, sampleEmails, variantsOf } from './sample-emails.ts'

/** As long as sign-up takes one. */
const LONG_NAME = 'Maria-Magdalena Wolkenstein-Trostburg zu Hohenschwangau-Rodeneck'
const SAMPLE_TIME = Date.parse('2026-11-23T06:00:00Z')

/**
 * Builds every email of every course as it would be sent: for each track and set of overlays, discreet, with and without a
 * name. Returns what can never become an email, so that it is told at start and not found by a learner's missing lesson.
 */
export async function checkEmails(
  courses: Courses,
  composer: Composer,
  publicUrl: Pick<PublicUrl, 'href' | 'hostname'>,
): Promise<readonly Problem[]> {
  const problems = new Map<string, Problem>()
  for (const course of courses.all()) {
    for (const sample of samplesOf(course, courses.resourcesOf(course.name), publicUrl)) {
      try {
        const message = await composer.compose(sample.mail)
        message.release?.()
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        const problem = {
          ...sourcePositionOf(sample),
          what: `This email cannot be sent (${sample.title}).`,
          fix: error.message,
        }
        problems.set(`${problem.file}:${problem.fix}`, problem)
      }
    }
  }
  return [...problems.values()]
}

/** What two emails differ by is the text they show: of the many sets of overlays only those that show another are built. */
function* samplesOf(
  course: Course,
  resources: CourseResources,
  publicUrl: Pick<PublicUrl, 'href' | 'hostname'>,
): Generator<SampleEmail> {
  const shared = { course, resources, publicUrl, to: 'learner@course.example', timeZone: 'UTC', date: SAMPLE_TIME }
  const built = new Set<string>()
  for (const discreet of [false, true]) {
    for (const variant of variantsOf(course)) {
      for (const name of ['', LONG_NAME]) {
        for (const sample of sampleEmails({ ...shared, variant, discreet, name })) {
          const body = discreet ? null : bodyOf(sample)
          const shown =
            body === null ? [] : blocksFor(body, variant, { page: false }).map((block) => body.indexOf(block))
          const key = `${sample.id}/${discreet}/${name}/${shown.join(',')}`
          if (built.has(key)) continue
          built.add(key)
          yield sample
        }
      }
    }
  }
}

/** What an author wrote for it; null for emails whose words every course shares, short ones among them. */
function bodyOf({ mail }: SampleEmail): readonly Block[] | null {
  return sourceOf(mail)?.body ?? null
}

function sourceOf({ kind, course, day, checkIn, short }: SampleEmail['mail']) {
  if (short) return null
  if (checkIn !== undefined) return checkIn
  if (kind === 'closing') return course.closing
  return course.lessons.find((lesson) => lesson.day === day) ?? null
}

function sourcePositionOf({ mail }: SampleEmail): Pick<Problem, 'file' | 'line'> {
  const source = sourceOf(mail)
  if (source === null) return { file: `emails/words/${mail.short ? 'short' : mail.kind}.md` }
  const line = source.body[0]?.text.line
  return { file: source.file, ...(line !== undefined && { line }) }
}
