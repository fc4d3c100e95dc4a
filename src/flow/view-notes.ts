import { findOpenDay } from './find-open-day.ts'
import type { Ports } from './ports.ts'
import { openReader, readFields, writtenIn } from './readable-answers.ts'
import { readEarlier } from './view-page.ts'
import type { NotesView } from './views.ts'

/** What this session may read of a day, to be printed or saved. Without a session it is empty. Changes nothing. */
export async function viewNotes(ports: Ports, token: string, session: string | null): Promise<NotesView> {
  const open = await findOpenDay(ports, token)
  const hash = await openReader(ports.store, open.enrolment, session)
  const fields = await readFields(ports, ports.store, open.enrolment, open.day, hash)
  return {
    course: open.course,
    discreet: open.enrolment.discreet,
    lesson: open.lesson,
    variant: open.variant,
    token,
    written: open.isHeld ? [] : writtenIn(fields),
    answers: Object.fromEntries([...fields].map(([id, { value }]) => [id, value])),
    others: Object.fromEntries([...fields].map(([id, { kept }]) => [id, kept])),
    earlier: await readEarlier(ports, ports.store, open, hash),
  }
}
