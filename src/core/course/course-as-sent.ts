import type { Variant } from '../model.ts'
import type { Course, Edition } from './course.ts'

/**
 * The course as it was when a day was sent: with the lessons and the closing of that version, where the folder still has
 * them, and otherwise as it is. `sent` is what the day's row recorded; a row from before versions were recorded is of the
 * oldest one.
 */
export function courseAsSent(course: Course, sent: Variant): Course {
  if (sent.edition === course.version) return course
  const { earlier = [] } = course
  const edition = sent.edition === undefined ? earlier[0] : earlier.find(({ version }) => version === sent.edition)
  return edition === undefined ? course : withEdition(course, edition)
}

/** The composer keeps what it prepared for a course: the same edition is the same object. */
const remembered = new WeakMap<Course, Map<Edition, Course>>()

function withEdition(course: Course, edition: Edition): Course {
  const known = remembered.get(course) ?? new Map<Edition, Course>()
  remembered.set(course, known)
  const found = known.get(edition) ?? { ...course, lessons: edition.lessons, closing: edition.closing }
  known.set(edition, found)
  return found
}
