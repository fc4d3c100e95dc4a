import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Written } from '../../core/exercise/former-answers.ts'
import type { DayProgress, Enrolment } from '../../core/model.ts'
import { LINKS } from '../../core/security/links.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import { isOpen } from '../enrolment/view-week.ts'
import type { Viewer } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import type { FieldState, NotesView } from '../views.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import { type OwnLine, readOwnLine } from './own-line.ts'
import { readFields, writtenIn } from './readable-answers.ts'
import { viewNotes } from './view-notes.ts'

/** Everything that this viewer may read of one enrolment. */
export interface WrittenCourse {
  readonly enrolment: Enrolment
  /** Null if its files are gone. */
  readonly course: Course | null
  readonly ownLine: OwnLine | null
  readonly days: readonly WrittenDay[]
}

export interface WrittenDay {
  readonly day: number
  readonly kind: 'lesson' | 'check-in'
  /** When the page opened, ms UTC; null if that is not known. */
  readonly openedAt: number | null
  readonly done: DayProgress | null
  /** As on the day's own page of notes; null if the course no longer has this day. */
  readonly notes: NotesView | null
  /** As sent, also where another page takes the place of the day: a file must not tell. Null without `notes`. */
  readonly titles: { readonly day: string; readonly exercise: string } | null
  /** What was written on a day that the course no longer has. */
  readonly former: { readonly written: readonly Written[]; readonly texts: Readonly<Record<string, FieldState>> } | null
}

/**
 * What was written in one enrolment, day by day: of each day what its own page of notes shows to this viewer. Changes
 * nothing.
 */
export async function gatherCourse(
  ports: Pick<Ports, 'store' | 'clock' | 'courses' | 'sealer' | 'keys'>,
  enrolment: Enrolment,
  viewer: Viewer,
): Promise<WrittenCourse> {
  const course = courseOfEnrolment(ports, enrolment)
  const source = { sealer: learnerSealer(ports, ports.store, enrolment.learnerId), answers: ports.store.answers }
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const days: WrittenDay[] = []
  for (const row of await ports.store.deliveries.ofEnrolment(enrolment.id)) {
    if (row.day === null || (row.kind !== 'lesson' && row.kind !== 'check-in') || !isOpen(row)) continue
    const { day, kind } = row
    const token = LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day })
    const open = course && (await findLesson(ports, { token, enrolment, course, day, viewer }))
    const notes = open && (await viewNotes(ports, open))
    const fields = notes === null ? await readFields(source, enrolment.id, day, viewer.session) : null
    days.push({
      day,
      kind,
      openedAt: row.firstHandoverAt ?? row.settledAt,
      done: progress.find((entry) => entry.day === day) ?? null,
      notes,
      titles: open && { day: open.lessonAsSent.title, exercise: open.lessonAsSent.exercise.title },
      former: fields && { written: writtenIn(fields), texts: Object.fromEntries(fields) },
    })
  }
  return { enrolment, course, ownLine: await readOwnLine(source, enrolment.id, viewer), days }
}

/** Null if the course no longer has this day. */
async function findLesson(...day: Parameters<typeof findOpenDay>): Promise<OpenDay | null> {
  try {
    return await findOpenDay(...day)
  } catch (error) {
    if (error instanceof AppError && error.code === 'gone') return null
    throw error
  }
}
