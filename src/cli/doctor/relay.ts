import { type Finding, ok, problem, skipped, warning } from '../../core/doctor/sender-records.ts'
import type { SmtpServer } from '../../core/service-urls/relay-url.ts'
import type { Check, DoctorDeps, Relay } from './deps.ts'
import { isPrivate } from './private-network.ts'

export const RELAY_CHECKS: readonly Check[] = [
  { name: 'relay', run: async (deps) => [await relay(deps)] },
  { name: 'clock', run: clock },
]

const DAY_MS = 86_400_000

async function relay(deps: DoctorDeps): Promise<Finding> {
  const { smtp, smtpTls } = deps.settings
  if (smtp === null) return skipped('SMTP_URL is not set: emails go to the built-in test mailbox; none are sent.')
  return relayTls(smtp, smtpTls, await deps.probeRelay(smtp), deps.now())
}

/** Compared with the time in the relay's greeting, if there is a relay. */
async function clock({ settings, probeRelay, now }: DoctorDeps): Promise<readonly Finding[]> {
  return settings.smtp === null ? [] : [compareClock(await probeRelay(settings.smtp), now())]
}

function relayTls(server: SmtpServer, mode: DoctorDeps['settings']['smtpTls'], relay: Relay, now: number): Finding {
  const { host, credentials } = server
  if (!relay.reachable)
    return problem(
      `The relay ${host} cannot be reached: ${relay.reason}.`,
      'Correct SMTP_URL, or allow the connection in the firewall.',
    )
  if (relay.tls === 'none') {
    if (mode === 'required')
      return problem(
        `The relay ${host} offers no STARTTLS, and SMTP_TLS is required: nothing is sent.`,
        'Use smtps:// where it listens for TLS, or a relay with STARTTLS; if it offers STARTTLS from other networks, something in between is stripping it.',
      )
    if (isPrivate(host)) return ok(`The relay ${host} is on this machine or network, and offers no TLS.`)
    const fix = 'Use a relay with STARTTLS, or smtps:// where it listens for TLS.'
    return problem(
      `The relay ${host} offers no TLS: mail${credentials !== null ? ' and password' : ''} would go in clear text.`,
      fix,
    )
  }
  if (mode === 'none')
    return isPrivate(host)
      ? ok(`The relay ${host} is on this machine or network, and the connection is not encrypted (SMTP_TLS=none).`)
      : problem(`The relay ${host} offers TLS, but SMTP_TLS=none sends unencrypted.`, 'Leave SMTP_TLS out.')
  if (relay.certificateProblem !== null)
    return problem(
      `The certificate of ${host} is not trusted: ${relay.certificateProblem}.`,
      'Use the name it was made for in SMTP_URL, or have it renewed; name a private authority in NODE_EXTRA_CA_CERTS.',
    )
  if (relay.validUntil !== null && relay.validUntil - now < 14 * DAY_MS)
    return warning(
      `The certificate of ${host} ends on ${new Date(relay.validUntil).toISOString().slice(0, 10)}.`,
      'Renew it.',
    )
  return ok(`The relay ${host} supports TLS (${relay.tls}) with a trusted certificate.`)
}

/** Some servers include the time in their greeting; the others are not queried. */
function compareClock(relay: Relay, now: number): Finding {
  const said = relay.reachable
    ? /\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/.exec(relay.greeting)?.[0]
    : undefined
  if (said === undefined)
    return skipped('The relay does not tell the time when it greets, so the clock was not compared.')
  const off = Math.round((now - Date.parse(said)) / 1000)
  const fix = 'Let the system set its clock: timedatectl set-ntp true'
  if (Math.abs(off) > 3600) return problem(`The clock is ${off} s off the relay's.`, fix)
  return Math.abs(off) > 60
    ? warning(`The clock is ${off} s off the relay's.`, fix)
    : ok(`The clock agrees with the relay's.`)
}
