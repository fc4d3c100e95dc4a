import { viewHandover } from '../../../flow/desk/questions/hand-over.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit } from '../desk-visit.ts'
import { handOverPage, heirField, INBOX } from './hand-over-view.ts'

/**
 * Who gets what an operator is assigned, in one course or in all, as the form says. Null, after the page that asks for it, where
 * the form does not say it yet. `path` and `fields`: what was posted, to be posted again with the choice.
 */
export async function askForHeirs(
  visit: OperatorVisit,
  operatorId: number,
  course: string | undefined,
  form: { readonly path: string; readonly fields: Readonly<Record<string, string>> },
): Promise<ReadonlyMap<string, number | null> | null> {
  const { store } = visit.site.ports
  const handovers = await viewHandover(store, operatorId, course)
  const heirs = new Map<string, number | null>()
  for (const one of handovers) {
    const chosen = fieldOf(visit, heirField(one.course))
    const colleague = numberIn(chosen)
    if (chosen === INBOX || colleague !== null) heirs.set(one.course, colleague)
  }
  if (heirs.size === handovers.length) return heirs
  sendDeskPage(visit, 200, handOverPage(visit.words, { handovers, operators: await store.operators.all(), ...form }))
  return null
}
