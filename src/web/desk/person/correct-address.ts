import { isReason } from '../../../core/desk/audit.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { correctAddress } from '../../../flow/desk/person/correct-address.ts'
import { viewPerson } from '../../../flow/desk/view-person.ts'
import { messageOf } from '../../page/site.ts'
import { checkEmail } from '../../sign-up/check-email.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, noteIn, type OperatorVisit } from '../desk-visit.ts'
import { personIdOf } from '../people.ts'
import { correctionPage } from './correct-address-view.ts'

/** Asks a new address to confirm that it is this person's. The address is posted, because it does not belong in a URL. */
export const correctionOfAddress = {
  'get /desk/people/:id/address': (visit: OperatorVisit) => ask(visit, 200, { typed: '', error: null }),

  'post /desk/people/:id/address': async (visit: OperatorVisit) => {
    const { site, words, response, signedIn } = visit
    const learnerId = personIdOf(visit)
    const typed = fieldOf(visit, 'address')
    try {
      const checked = checkEmail(typed)
      if ('say' in checked) throw new AppError('bad-input', checked.say)
      const reason = fieldOf(visit, 'reason')
      if (!isReason(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
      const { address } = checked
      await correctAddress(site.ports, signedIn.operator.id, { learnerId, address, reason, note: noteIn(visit) })
      response.redirect(303, `${deskPaths.person(learnerId)}?done=correct-address`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await ask(visit, 400, { typed, error: messageOf(error, words) })
    }
  },
}

async function ask(
  visit: OperatorVisit,
  status: number,
  form: { readonly typed: string; readonly error: string | null },
): Promise<void> {
  const person = await viewPerson(visit.site.ports, personIdOf(visit))
  sendDeskPage(visit, status, correctionPage(visit.words, person, form))
}
