import type { Course } from '../../core/course/course.ts'
import { type DayProgress, type Delivery, type Enrolment, isStillToCome } from '../../core/model.ts'
import { makeLink } from '../../core/security/links.ts'
import type { Ports } from '../ports/ports.ts'
import type { WeekDay, WeekView } from '../views.ts'

/** The learner's progress. `links`: with links to the open days. */
export async function viewWeek(
  ports: Pick<Ports, 'store' | 'keys'>,
  course: Course,
  enrolment: Enrolment,
  options: { readonly links: boolean },
): Promise<WeekView> {
  const [deliveries, progress] = await Promise.all([
    ports.store.deliveries.ofEnrolment(enrolment.id),
    ports.store.progress.ofEnrolment(enrolment.id),
  ])
  return weekOf(ports, course, enrolment, { deliveries, progress }, options)
}

/** The same from rows already loaded: every day of the course, whether done, open or still to come. */
export function weekOf(
  ports: Pick<Ports, 'keys'>,
  course: Course,
  enrolment: Enrolment,
  rows: { readonly deliveries: readonly Delivery[]; readonly progress: readonly DayProgress[] },
  options: { readonly links: boolean },
): WeekView {
  const days = course.lessons.map((lesson): WeekDay => {
    const delivery = rows.deliveries.find((row) => row.day === lesson.day)
    const done = rows.progress.find((row) => row.day === lesson.day)
    const open = delivery !== undefined && isOpen(delivery)
    return {
      day: lesson.day,
      title: lesson.title,
      state: done ? 'done' : open ? 'open' : isComing(delivery) ? 'coming' : 'held',
      effort: done?.effort ?? null,
      path:
        open && options.links
          ? makeLink(ports.keys, 'lesson', { enrolmentId: enrolment.id, day: lesson.day }).path
          : null,
      dueAt: isComing(delivery) ? delivery.dueAt : null,
    }
  })
  return {
    state: enrolment.state,
    timeZone: enrolment.timeZone,
    hour: enrolment.hour,
    days,
    nextAt: days.find((day) => day.dueAt !== null)?.dueAt ?? null,
  }
}

/** A day opens at the handover of its email and stays open whatever happens to the email. */
export function isOpen(delivery: Delivery): boolean {
  return delivery.firstHandoverAt !== null || delivery.state === 'sent' || delivery.state === 'failed'
}

function isComing(delivery: Delivery | undefined): delivery is Delivery {
  return delivery !== undefined && isStillToCome(delivery)
}
