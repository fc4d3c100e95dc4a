import { type Finding, ok, problem, skipped, warning } from '../../core/doctor/sender-records.ts'
import type { Check, DoctorDeps } from './deps.ts'

/** How bounces, complaints and replies come back. */
export const REPORT_CHECKS: readonly Check[] = [
  { name: 'return path', run: async (deps) => [await returnPath(deps)] },
  { name: 'replies', run: async (deps) => [await replies(deps)] },
  { name: 'starttls', run: async (deps) => [await reportTls(deps)] },
  { name: 'reports', run: async (deps) => [await reports(deps)] },
]

const DAY_MS = 86_400_000

async function returnPath({ settings, dns }: DoctorDeps): Promise<Finding> {
  const { returnPathDomain: domain, bouncePort } = settings
  if (domain === null)
    return warning(
      'RETURN_PATH_DOMAIN is not set: bounces go to MAIL_FROM and are not applied.',
      'Set it (docs/reports.md), or use the webhook of your relay.',
    )
  const exchanges = await dns.mx(domain)
  if (exchanges.length === 0)
    return problem(`${domain} has no MX record, so no report comes back.`, `Publish: ${domain} MX 10 <this host>`)
  if (bouncePort === null)
    return warning(`This service does not receive mail for ${domain}.`, 'Set BOUNCE_PORT and forward port 25 to it.')
  return ok(`Reports for ${domain} come to ${exchanges.join(', ')}.`)
}

async function replies({ settings, dns }: DoctorDeps): Promise<Finding> {
  const { replyDomain: domain, bouncePort, hasReplyWebhook } = settings
  if (domain === null) return skipped('REPLY_DOMAIN is not set: learners ask on the page only.')
  const exchanges = await dns.mx(domain)
  if (exchanges.length === 0)
    return problem(
      `${domain} has no MX record, so no reply to a lesson arrives.`,
      `Publish: ${domain} MX 10 <this host, or the one your provider names>`,
    )
  if (bouncePort === null && !hasReplyWebhook)
    return problem(
      `Emails ask for replies to ${domain}, and nothing here takes them.`,
      'Set BOUNCE_PORT and forward port 25 to it, or set up the webhook of your provider (docs/operating.md).',
    )
  return ok(`Replies to ${domain} come to ${exchanges.join(', ')}.`)
}

/** Mail servers that bring reports take any certificate, but not one that cannot be used (RFC 7435). */
async function reportTls({ settings, dns, readTlsFiles, now }: DoctorDeps): Promise<Finding> {
  if (settings.bouncePort === null) return skipped('No email is received here (BOUNCE_PORT is not set).')
  if (settings.bounceTls === null)
    return ok('Email arrives unencrypted; set BOUNCE_TLS_CERT_FILE and BOUNCE_TLS_KEY_FILE to offer STARTTLS.')
  const { validUntil, isForReader } = await readTlsFiles(settings.bounceTls)
  const until = new Date(validUntil).toISOString().slice(0, 10)
  if (validUntil <= now()) return problem(`The certificate for BOUNCE_PORT expired on ${until}.`, 'Renew it.')
  if (validUntil - now() < 14 * DAY_MS)
    return warning(`The certificate for BOUNCE_PORT expires on ${until}.`, 'Renew it.')
  for (const domain of [settings.returnPathDomain, settings.replyDomain]) {
    if (domain === null) continue
    const strange = (await dns.mx(domain)).find((host) => !isForReader(host))
    // A provider that takes the replies has a certificate of its own.
    if (strange === undefined || (domain === settings.replyDomain && settings.hasReplyWebhook)) continue
    return warning(
      `The certificate for BOUNCE_PORT is not made for ${strange}, the MX of ${domain}.`,
      `Have one made for ${strange}.`,
    )
  }
  return ok(`STARTTLS is offered, with a certificate until ${until}.`)
}

async function reports({ reportsSetAside }: DoctorDeps): Promise<Finding> {
  const count = await reportsSetAside()
  if (count === null) return skipped('There is no database yet, and so no reports.')
  return count === 0
    ? ok('No report on sent mail is set aside.')
    : warning(
        `${count} ${count === 1 ? 'report' : 'reports'} on sent mail failed three times and ${count === 1 ? 'is' : 'are'} set aside.`,
        'See them with: npm run mail -- reports',
      )
}
