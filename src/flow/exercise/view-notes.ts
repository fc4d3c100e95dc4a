import type { Ports } from '../ports/ports.ts'
import type { NotesView } from '../views.ts'
import type { OpenDay } from './find-open-day.ts'
import { answersIn } from './readable-answers.ts'
import { readEarlier, viewWritten } from './view-lesson.ts'

/** What this session may read of a day, for printing or saving. Empty without a session. Changes nothing. */
export async function viewNotes(ports: Pick<Ports, 'store'>, open: OpenDay): Promise<NotesView> {
  const { enrolment, course, lesson, variant, token, viewer } = open
  const { fields, written } = await viewWritten(ports, open, viewer.session)
  return {
    course,
    discreet: enrolment.discreet,
    lesson,
    variant,
    token,
    written,
    answers: answersIn(fields),
    texts: fields,
    timeZone: enrolment.timeZone,
    earlier: await readEarlier(ports, open),
  }
}
