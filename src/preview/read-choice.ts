import type { Course } from '../core/course/course.ts'
import type { Variant } from '../core/model.ts'
import type { PublicUrl } from '../core/service-urls/public-url.ts'
import { type SampleEmail, sampleEmails } from '../flow/delivery/sample-emails.ts'
import type { Courses } from '../flow/ports/ports.ts'

/** The state of the page's controls. Everything has a default, so that any query shows something. */
export interface Choice {
  readonly course: Course
  readonly variant: Variant
  readonly discreet: boolean
  readonly emails: readonly SampleEmail[]
  readonly chosen: SampleEmail
  readonly width: 320 | 600
  readonly colorScheme: 'light' | 'dark'
  readonly part: 'html' | 'text' | 'headers'
  readonly images: boolean
}

export interface SampleRecipient {
  readonly publicUrl: PublicUrl
  readonly to: string
  /** ms UTC. */
  readonly date: number
}

/** The name of the folder: that of the course, with the language of a translation. */
export function courseKeyOf({ name, language, languages = [language] }: Course): string {
  return language === languages[0] ? name : `${name}.${language}`
}

/** Reads the controls from a query or a form. Null if there is no course. */
export function readChoice(courses: Courses, given: URLSearchParams, reader: SampleRecipient): Choice | null {
  const course = courses.inEveryLanguage().find((one) => courseKeyOf(one) === given.get('course')) ?? courses.all()[0]
  if (course === undefined) return null
  const track = course.tracks.find(({ name }) => name === given.get('track'))?.name ?? null
  const overlays = course.overlays.map(({ name }) => name).filter((name) => given.getAll('overlay').includes(name))
  const variant = { track, overlays }
  const discreet = given.has('discreet')
  const resources = courses.resourcesOf(course.name, course.language)
  const emails = sampleEmails({
    course,
    resources,
    variant,
    discreet,
    name: 'Mara',
    timeZone: 'Europe/Berlin',
    ...reader,
  })
  const chosen =
    emails.find(({ id }) => id === given.get('mail')) ?? emails.find(({ id }) => id === 'lesson-1') ?? emails[0]
  if (chosen === undefined) return null
  const part = given.get('part')
  return {
    course,
    variant,
    discreet,
    emails,
    chosen,
    width: given.get('width') === '320' ? 320 : 600,
    colorScheme: given.has('dark') ? 'dark' : 'light',
    part: part === 'text' || part === 'headers' ? part : 'html',
    images: !given.has('no-images'),
  }
}

/** The controls as a query string, with some of them changed. */
export function queryOf(choice: Choice, changes: { readonly mail?: string; readonly sent?: string } = {}): string {
  const query = new URLSearchParams({
    course: courseKeyOf(choice.course),
    track: choice.variant.track ?? '',
    mail: changes.mail ?? choice.chosen.id,
    width: String(choice.width),
    part: choice.part,
  })
  for (const overlay of choice.variant.overlays) query.append('overlay', overlay)
  if (choice.discreet) query.set('discreet', '1')
  if (choice.colorScheme === 'dark') query.set('dark', '1')
  if (!choice.images) query.set('no-images', '1')
  if (changes.sent !== undefined) query.set('sent', changes.sent)
  return query.toString()
}
