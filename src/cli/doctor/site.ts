import { type Finding, ok, skipped, warning } from '../../core/doctor/sender-records.ts'
import type { Check, DoctorDeps } from './deps.ts'

export const SITE_CHECKS: readonly Check[] = [
  { name: 'proxies', run: async (deps) => [await proxies(deps)] },
  { name: 'privacy', run: async ({ settings }) => [privacy(settings)] },
]

/** Asked of the running site, because only it sees incoming requests. */
async function proxies({ fetchProxyWarning }: DoctorDeps): Promise<Finding> {
  const said = await fetchProxyWarning()
  if (said === null) return skipped('The site is not running here, so its proxies could not be checked.')
  return said.warning === null
    ? ok('Requests come through as many proxies as TRUST_PROXY says.')
    : warning(said.warning, 'Then restart the site, which remembers what it saw.')
}

function privacy({ missingPrivacy }: DoctorDeps['settings']): Finding {
  if (missingPrivacy.length === 0) return ok('The privacy page names the controller and the legal basis.')
  return warning(
    `The privacy page falls back to MAIL_FROM and MAIL_ADDRESS, because these are not set: ${missingPrivacy.join(', ')}.`,
    'Set them: the law asks for the controller, a contact and the legal basis.',
  )
}
