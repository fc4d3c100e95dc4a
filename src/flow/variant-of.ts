import { COMMON, type Variant } from '../core/course.ts'
import type { Delivery, Enrolment } from '../core/model.ts'

/** The form of the course this learner reads from now on. */
export function variantOf(enrolment: Pick<Enrolment, 'track' | 'overlays'>): Variant {
  return enrolment.track === null && enrolment.overlays.length === 0
    ? COMMON
    : { track: enrolment.track, overlays: enrolment.overlays }
}

/** The form a day was sent in: a later change of track leaves it as it was. */
export function variantSent(row: Delivery, enrolment: Enrolment): Variant {
  return row.variant ?? variantOf(enrolment)
}
