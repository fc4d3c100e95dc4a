import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { chooseTimeZone } from '../../flow/desk/choose-time-zone.ts'
import { endOperatorSession } from '../../flow/desk/operator-session.ts'
import { addPasskey, newPasskeyChallenge, passkeyRefused, removePasskey } from '../../flow/desk/passkeys.ts'
import { accountPage } from './account-view.ts'
import { sendDeskPage } from './desk-page.ts'
import { fieldOf, type OperatorVisit } from './desk-visit.ts'
import { canHavePasskeys, registrationOptions, verifyRegistration } from './passkey-verifier.ts'

/** An operator's own passkeys and sessions. */
export const account = {
  'get /desk/account': async (visit: OperatorVisit) => {
    const { site, signedIn } = visit
    const { store } = site.ports
    const { id } = signedIn.operator
    const view = {
      ...signedIn,
      passkeys: await store.passkeys.ofOperator(id),
      sessions: await store.operatorSessions.ofOperator(id),
      hasPasskeys: canHavePasskeys(site),
    }
    sendDeskPage(visit, 200, accountPage(visit.words, view))
  },

  'post /desk/account/time-zone': async (visit: OperatorVisit) => {
    await chooseTimeZone(visit.site.ports, visit.signedIn.operator.id, fieldOf(visit, 'zone'))
    visit.response.redirect(303, deskPaths.account())
  },

  'post /desk/account/sessions/end': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    if (!(await endOperatorSession(site.ports, signedIn.operator.id, fieldOf(visit, 'session'))))
      throw new AppError('not-found', phrase('desk.errors.no-session'))
    response.redirect(303, deskPaths.account())
  },

  'post /desk/account/passkeys/challenge': async ({ site, signedIn, response }: OperatorVisit) => {
    const { operator } = signedIn
    const challenge = await newPasskeyChallenge(site.ports, operator.id)
    const known = await site.ports.store.passkeys.ofOperator(operator.id)
    response.json(await registrationOptions(site, operator, { challenge, known }))
  },

  'post /desk/account/passkeys': async ({ site, signedIn, request, response }: OperatorVisit) => {
    const { id } = signedIn.operator
    const passkey = await verifyRegistration(site, id, request.body as RegistrationResponseJSON)
    if (passkey === null) throw passkeyRefused()
    await addPasskey(site.ports, id, passkey)
    response.json({ ok: true })
  },

  'post /desk/account/passkeys/remove': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    if (!(await removePasskey(site.ports, signedIn.operator.id, fieldOf(visit, 'passkey'))))
      throw new AppError('not-found', phrase('desk.errors.no-passkey'))
    response.redirect(303, deskPaths.account())
  },
}
