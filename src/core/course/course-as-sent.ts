import type { Variant } from '../model.ts'
import { type Course, type Edition, withDays } from './course.ts'

/**
 * The course as of when a day was sent: with the lessons and closing of that version if the folder still has them,
 * otherwise the current ones. `sent` is what the day's row recorded; rows without a version are of the oldest one.
 */
export function courseAsSent(course: Course, sent: Variant): Course {
  if (sent.edition === course.version) return course
  const { earlier = [] } = course
  const edition = sent.edition === undefined ? earlier[0] : earlier.find(({ version }) => version === sent.edition)
  return edition === undefined ? course : withEdition(course, edition)
}

/** Cached, because the composer caches its templates by course object. */
const remembered = new WeakMap<Course, Map<Edition, Course>>()

function withEdition(course: Course, edition: Edition): Course {
  const known = remembered.get(course) ?? new Map<Edition, Course>()
  remembered.set(course, known)
  const { lessons, closing } = edition
  const found = known.get(edition) ?? withDays({ ...course, lessons, days: lessons.length, closing }, course.days)
  known.set(edition, found)
  return found
}
