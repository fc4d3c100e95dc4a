import { deskPaths } from '../../core/desk/desk-paths.ts'
import { type Finding, ok, skipped, warning } from '../../core/doctor/sender-records.ts'
import type { Check, DoctorDeps } from './deps.ts'

export const SITE_CHECKS: readonly Check[] = [
  { name: 'proxies', run: async (deps) => [await proxies(deps)] },
  { name: 'desk', run: async (deps) => [await desk(deps)] },
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

/** Where a proxy is before the desk, its address is asked through that proxy. */
async function desk({ settings, fetchDesk }: DoctorDeps): Promise<Finding> {
  const { desk, publicUrl } = settings
  if (desk === null) return ok('There is no desk: DESK is off.')
  if (desk.listen === null) return ok(`The desk is below PUBLIC_URL, at ${publicUrl.href}${deskPaths.today()}.`)
  const { host, port } = desk.listen
  if (!desk.url.secure)
    return isLoopback(host)
      ? ok(`The desk is on port ${port} of this machine alone; a tunnel leads to it.`)
      : warning(
          'The desk is on a port that others reach, without TLS: who listens there reads sign-in links and sessions.',
          'Put a proxy with TLS before it and set DESK_URL, or give DESK_PORT a port alone.',
        )
  const answer = await fetchDesk(desk.url.href + deskPaths.signIn())
  if (answer.kind === 'desk') return ok(`The desk answers at DESK_URL, ${desk.url.href}.`)
  const said =
    answer.kind === 'none' ? `does not answer: ${answer.reason}` : `is not the desk: it answers ${answer.status}`
  return warning(
    `DESK_URL ${said}.`,
    'Start the site, and let the proxy lead to DESK_PORT; docs/operating.md has examples. If this machine cannot reach the address, ignore this.',
  )
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}

function privacy({ missingPrivacy }: DoctorDeps['settings']): Finding {
  if (missingPrivacy.length === 0) return ok('The privacy page names the controller and the legal basis.')
  return warning(
    `The privacy page falls back to MAIL_FROM and MAIL_ADDRESS, because these are not set: ${missingPrivacy.join(', ')}.`,
    'Set them: the law asks for the controller, a contact and the legal basis.',
  )
}
