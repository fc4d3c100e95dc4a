import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { signOut } from '../../flow/desk/operator-session.ts'
import { newPasskeyChallenge, passkeyRefused, signInByPasskey } from '../../flow/desk/passkeys.ts'
import { openSignInLink, requestSignIn, viewSignInLink } from '../../flow/desk/sign-in-link.ts'
import { checkEmail } from '../sign-up/check-email.ts'
import { clearDeskCookie, readDeskCookie, writeDeskCookie } from './desk-cookie.ts'
import { sendDeskPage } from './desk-page.ts'
import { type DeskVisit, fieldOf } from './desk-visit.ts'
import { canHavePasskeys, signInOptions, verifySignIn } from './passkey-verifier.ts'
import { linkSentPage, openLinkPage, signInPage } from './sign-in-view.ts'

const tokenOf = ({ request }: DeskVisit) => String(request.params.token)

/** Getting in, by an emailed link or a passkey, and out again. */
export const signIn = {
  'get /desk/sign-in': (visit: DeskVisit) =>
    sendDeskPage(visit, 200, signInPage(visit.words, { hasPasskeys: canHavePasskeys(visit.site), error: null })),

  /** The answer is the same for every address, and comes before the address is looked up. */
  'post /desk/sign-in/email': (visit: DeskVisit) => {
    const { site, words } = visit
    const checked = checkEmail(fieldOf(visit, 'email'))
    if ('say' in checked) {
      const page = signInPage(words, { hasPasskeys: canHavePasskeys(site), error: words.of(checked.say) })
      return sendDeskPage(visit, 400, page)
    }
    sendDeskPage(visit, 200, linkSentPage(words))
    requestSignIn(site.ports, checked.address).catch((error: unknown) =>
      site.ports.log.error({ error: String(error) }, 'a sign-in link could not be made'),
    )
  },

  'post /desk/sign-in/passkey/challenge': async ({ site, response }: DeskVisit) => {
    response.json(await signInOptions(site, await newPasskeyChallenge(site.ports, null)))
  },

  'post /desk/sign-in/passkey': async ({ site, request, response }: DeskVisit) => {
    const answer = request.body as AuthenticationResponseJSON | undefined
    if (typeof answer?.id !== 'string') throw passkeyRefused()
    const verify = verifySignIn(site, answer)
    const secret = await signInByPasskey(site.ports, answer.id, verify, readDeskCookie(site, request))
    writeDeskCookie(site, response, secret)
    response.json({ ok: true })
  },

  'get /desk/open/:token': async (visit: DeskVisit) => {
    const { asksAddress } = await viewSignInLink(visit.site.ports, tokenOf(visit))
    sendDeskPage(visit, 200, openLinkPage(visit.words, tokenOf(visit), { asksAddress, error: null }))
  },

  'post /desk/open/:token': async (visit: DeskVisit) => {
    const { site, words, request, response } = visit
    const token = tokenOf(visit)
    const { asksAddress } = await viewSignInLink(site.ports, token)
    const checked = asksAddress ? checkEmail(fieldOf(visit, 'email')) : null
    if (checked !== null && 'say' in checked)
      return sendDeskPage(visit, 400, openLinkPage(words, token, { asksAddress, error: words.of(checked.say) }))
    const before = readDeskCookie(site, request)
    const secret = await openSignInLink(site.ports, token, { address: checked?.address ?? null, before })
    writeDeskCookie(site, response, secret)
    response.redirect(303, deskPaths.today())
  },

  'post /desk/sign-out': async ({ site, request, response }: DeskVisit) => {
    const secret = readDeskCookie(site, request)
    clearDeskCookie(site, response)
    if (secret !== null) await signOut(site.ports, secret)
    response.redirect(303, deskPaths.signIn())
  },
}
