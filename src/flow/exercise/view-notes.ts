import type { Ports } from '../ports/ports.ts'
import type { NotesView } from '../views.ts'
import { findOpenDay } from './find-open-day.ts'
import { readFields, writtenIn } from './readable-answers.ts'
import { readEarlier } from './view-lesson.ts'

/** What this session may read of a day, to be printed or saved. Without a session it is empty. Changes nothing. */
export async function viewNotes(ports: Ports, token: string, session: string | null): Promise<NotesView> {
  const open = await findOpenDay(ports, token, session)
  const fields = await readFields(ports, ports.store, open.enrolment, open.day, open.viewer.session)
  return {
    course: open.course,
    discreet: open.enrolment.discreet,
    lesson: open.lesson,
    variant: open.variant,
    token,
    written: open.isHeldBack ? [] : writtenIn(fields),
    answers: Object.fromEntries([...fields].map(([id, { value }]) => [id, value])),
    texts: Object.fromEntries(fields),
    timeZone: open.enrolment.timeZone,
    earlier: await readEarlier(ports, ports.store, open, open.viewer.session),
  }
}
