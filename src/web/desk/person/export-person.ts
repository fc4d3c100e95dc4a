import { isReason } from '../../../core/desk/audit.ts'
import { exportPerson } from '../../../flow/desk/person/export-person.ts'
import { viewPerson } from '../../../flow/desk/view-person.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, noteIn, type OperatorVisit } from '../desk-visit.ts'
import { personIdOf } from '../people.ts'
import { exportPage } from './export-person-view.ts'
import { personJson } from './person-json.ts'

/** A copy of what is known of a person, as a file. It leaves the service, so it asks why and needs a fresh sign-in. */
export const exportOfPerson = {
  'get /desk/people/:id/export': (visit: OperatorVisit) => ask(visit, 200, null),

  'post /desk/people/:id/export': async (visit: OperatorVisit) => {
    const { site, words, response, signedIn } = visit
    const learnerId = personIdOf(visit)
    const reason = fieldOf(visit, 'reason')
    if (!isReason(reason)) return ask(visit, 400, words.say('desk.errors.no-reason'))
    const person = await exportPerson(site.ports, signedIn.operator.id, { learnerId, reason, note: noteIn(visit) })
    response.attachment(`person-${learnerId}.json`).type('json')
    response.send(`${JSON.stringify(personJson(site, person), null, 2)}\n`)
  },
}

async function ask(visit: OperatorVisit, status: number, error: string | null): Promise<void> {
  const person = await viewPerson(visit.site.ports, personIdOf(visit))
  sendDeskPage(visit, status, exportPage(visit.words, person, error))
}
