import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { blocksFor } from '../../core/course/variant.ts'
import { sourceOf } from '../../core/delivery/emails.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { primaryLanguage } from '../../core/language/languages.ts'
import type { PublicUrl } from '../../core/service-urls/public-url.ts'
import type { Composer, Courses } from '../ports/ports.ts'
import { type SampleEmail, sampleEmails, variantsOf } from './sample-emails.ts'

/** As long as sign-up allows. */
const LONG_NAME = 'Maria-Magdalena Wolkenstein-Trostburg zu Hohenschwangau-Rodeneck'
const SAMPLE_TIME = Date.parse('2026-11-23T06:00:00Z')

/**
 * Builds every email of every course as it would be sent: for each track and set of overlays, discreet or not, with and
 * without a name. Returns the problems of emails that cannot be built, so that they are reported at startup instead of
 * as a learner's missing lesson.
 */
export async function checkEmails(
  courses: Courses,
  composer: Composer,
  publicUrl: Pick<PublicUrl, 'href' | 'hostname'>,
): Promise<readonly Problem[]> {
  const problems = new Map<string, Problem>()
  for (const course of courses.inEveryLanguage()) {
    for (const sample of samplesOf(course, courses.resourcesOf(course.name, course.language), publicUrl)) {
      try {
        const message = await composer.compose(sample.email)
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

/**
 * Emails differ only in the text they show, so of the many sets of overlays only those with a different text are built.
 */
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
          // Discreet emails, short emails and others with shared wording have only one variant.
          const body = discreet ? null : (sourceOf(sample.email)?.body ?? null)
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

/** Where its text is in the course files. */
function sourcePositionOf({ email }: SampleEmail): Pick<Problem, 'file' | 'line'> {
  const source = sourceOf(email)
  if (source === null) return { file: `locales/${primaryLanguage(email.course.language)}.json` }
  const line = source.body[0]?.text.line
  return { file: source.file, ...(line !== undefined && { line }) }
}
