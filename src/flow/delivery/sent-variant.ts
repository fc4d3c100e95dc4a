import type { StartingPoint } from '../../core/assessment/starting-point.ts'
import { type Course, withDays } from '../../core/course/course.ts'
import { courseAsSent } from '../../core/course/course-as-sent.ts'
import { packVariant, unpackVariant } from '../../core/course/variant.ts'
import type { Delivery, Variant } from '../../core/model.ts'
import type { Courses } from '../ports/ports.ts'
import type { LearnerSealer } from '../security/learner-sealer.ts'

/**
 * The variant in which a day was sent, which a later change of track does not affect. Before the first handover, the
 * learner's current choice.
 */
export async function sentVariant(sealer: LearnerSealer, row: Delivery, start: StartingPoint): Promise<Variant> {
  if (row.firstHandoverAt === null) return start.variant
  if (row.plainVariant !== null) return row.plainVariant
  if (row.sealedVariant === null) return start.variant
  return unpackVariant(await sealer.open(contextOf(row.id), row.sealedVariant))
}

/**
 * The course as it was when this row was sent, in the language of then and in the variant returned by `sentVariant`;
 * before the first handover, the current course.
 */
export function courseForDelivery(courses: Courses, course: Course, row: Delivery, variant: Variant): Course {
  if (row.firstHandoverAt === null) return course
  return courseAsSent(courseInSentLanguage(courses, course, row, variant), variant)
}

/** The current course in the language in which this row was sent. */
export function courseInSentLanguage(courses: Courses, course: Course, row: Delivery, { language }: Variant): Course {
  const sent = row.firstHandoverAt === null ? null : courses.get(course.name, language)
  return sent === null ? course : withDays(sent, course.days)
}

/**
 * The variant to store with a row at its handover, including the version of the course. Null if one is already stored,
 * or if there is none to store.
 */
export async function sealSentVariant(
  sealer: LearnerSealer,
  row: Delivery,
  variant: Variant,
  course: Course,
): Promise<Uint8Array | null> {
  if (row.day === null) return null
  if (row.firstHandoverAt !== null && (row.plainVariant ?? row.sealedVariant) !== null) return null
  return sealVariant(sealer, row.id, { ...variant, edition: course.version, ...sentLanguage(course) }, course)
}

function sentLanguage({ language, languages = [language] }: Course): Pick<Variant, 'language'> {
  return language === languages[0] ? {} : { language }
}

/** Bound to its delivery: it cannot be decrypted for another one. `course` is null if the course no longer exists. */
export function sealVariant(
  sealer: LearnerSealer,
  deliveryId: number,
  variant: Variant,
  course: Course | null,
): Promise<Uint8Array> {
  return sealer.seal(contextOf(deliveryId), packVariant(variant, course))
}

function contextOf(deliveryId: number): string {
  return JSON.stringify(['variant', { delivery: deliveryId }])
}
