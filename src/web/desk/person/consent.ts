import { isReason } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { exportConfirmation, viewConsent } from '../../../flow/desk/person/view-consent.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit } from '../desk-visit.ts'
import { consentPage } from './consent-view.ts'

/** What proves a consent, and the email that asked for it as a file. */
export const consent = {
  'get /desk/consents/:id': (visit: OperatorVisit) => show(visit, 200, null),

  'post /desk/consents/:id/email': async (visit: OperatorVisit) => {
    const { site, words, response, signedIn } = visit
    const signUpId = signUpIdOf(visit)
    const reason = fieldOf(visit, 'reason')
    if (!isReason(reason)) return show(visit, 400, words.say('desk.errors.no-reason'))
    const message = await exportConfirmation(site.ports, signedIn.operator.id, { signUpId, reason })
    response.attachment(`consent-${signUpId}.eml`).type('message/rfc822').send(message)
  },
}

async function show(visit: OperatorVisit, status: number, error: string | null): Promise<void> {
  const view = await viewConsent(visit.site.ports, signUpIdOf(visit))
  sendDeskPage(visit, status, consentPage(visit.words, view, error))
}

function signUpIdOf({ request }: OperatorVisit): number {
  const id = numberIn(String(request.params.id))
  if (id === null) throw new AppError('not-found', phrase('desk.errors.no-consent'))
  return id
}
