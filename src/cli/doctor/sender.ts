import { checkDmarc, findDmarc, isAligned } from '../../core/doctor/dmarc.ts'
import { checkDkim, checkSpf, type Finding, ok, problem, warning } from '../../core/doctor/sender-records.ts'
import { AppError } from '../../core/errors.ts'
import type { Check, Dns, DoctorDeps } from './deps.ts'
import { findingOf } from './finding-of.ts'

/** What receivers look up about the domain of the sender: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989). */
export const SENDER_CHECKS: readonly Check[] = [
  { name: 'sender', run: async ({ settings }) => [sender(settings)] },
  { name: 'spf', run: async (deps) => [checkSpf(envelopeDomain(deps), await deps.dns.txt(envelopeDomain(deps)))] },
  { name: 'dkim', run: dkim },
  { name: 'dmarc', run: async (deps) => [await dmarc(deps)] },
  { name: 'alignment', run: async (deps) => [await alignment(deps)] },
]

function sender({ mailFrom, production, publicUrl }: DoctorDeps['settings']): Finding {
  const domain = domainOf(mailFrom.address)
  if (/(^|\.)(example|test|invalid|localhost)$|(^|\.)example\.(com|net|org)$/.test(domain))
    return warning(
      `MAIL_FROM is in ${domain}, where nobody has a mailbox.`,
      'Set MAIL_FROM to an address in a domain of yours.',
    )
  if (!publicUrl.secure)
    return (production ? problem : warning)(
      'The links in mails are not https.',
      'Set PUBLIC_URL to the https address of the site.',
    )
  return ok(`Mail comes from ${domain}, and links lead to ${publicUrl.hostname}.`)
}

/** A finding for each key. */
async function dkim(deps: DoctorDeps): Promise<readonly Finding[]> {
  if (deps.settings.dkim.length === 0) return [unsigned()]
  return Promise.all(deps.settings.dkim.map((signer) => findingOf(checkSigner(deps, signer))))
}

async function checkSigner(deps: DoctorDeps, signer: DoctorDeps['settings']['dkim'][number]): Promise<Finding> {
  const record = `${signer.selector}._domainkey.${signer.domain}`
  const { key } = deps.readKey(signer, await readKeyFile(deps, signer.keyFile))
  return checkDkim(record, await deps.dns.txt(record), key)
}

function unsigned(): Finding {
  const fix = 'Set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, or make sure that the relay signs with your domain.'
  return warning('Messages are not signed with DKIM, which Gmail, Yahoo and Microsoft require.', fix)
}

async function readKeyFile(deps: DoctorDeps, file: string): Promise<string> {
  return deps.readText(file).catch((cause: unknown) => {
    throw new AppError(
      'misconfigured',
      `DKIM_KEY_FILE ${file} cannot be read. Put the key there, readable for this user.`,
      {
        cause,
      },
    )
  })
}

async function dmarc(deps: DoctorDeps): Promise<Finding> {
  const from = fromDomain(deps)
  return checkDmarc(from, await findDmarc(from, deps.dns.txt), await isKnown(deps.dns, from))
}

/** Whether DNS has anything under this name. */
async function isKnown(dns: Dns, domain: string): Promise<boolean> {
  const all = await Promise.all([dns.mx(domain), dns.addresses(domain), dns.txt(domain)])
  return all.some((records) => records.length > 0)
}

/** DMARC passes where SPF or DKIM passes for a domain that aligns with From. */
async function alignment(deps: DoctorDeps): Promise<Finding> {
  const { settings, dns } = deps
  const from = fromDomain(deps)
  const envelope = envelopeDomain(deps)
  const tags = (await findDmarc(from, dns.txt)).policy?.tags
  const aligned = (domain: string, mode: 'adkim' | 'aspf') =>
    isAligned(from, domain.toLowerCase(), tags?.get(mode)?.toLowerCase() === 's', dns.txt)
  const signers = await Promise.all(settings.dkim.map(({ domain }) => aligned(domain, 'adkim')))
  const signing = signers.filter(Boolean)
  const byPath = await aligned(envelope, 'aspf')
  if (signing.length > 0 && byPath)
    return ok(`From (${from}) aligns with the signatures and with the return path (${envelope}).`)
  if (signing.length > 0)
    return warning(
      `The return path (${envelope}) does not align with From (${from}); DMARC depends on DKIM alone.`,
      `Set RETURN_PATH_DOMAIN to a subdomain of ${from}.`,
    )
  if (settings.dkim.length > 0)
    return problem(
      `No signature's domain (${settings.dkim.map(({ domain }) => domain).join(', ')}) aligns with From (${from}).`,
      `Set DKIM_DOMAIN to ${from}, or MAIL_FROM to an address in that domain.`,
    )
  return byPath
    ? warning(`DMARC depends on SPF alone, which forwarding breaks.`, 'Sign with DKIM as well.')
    : problem(`Nothing aligns with From (${from}).`, `Sign with DKIM_DOMAIN=${from}.`)
}

function fromDomain({ settings }: DoctorDeps): string {
  return domainOf(settings.mailFrom.address)
}

/** The domain of the envelope sender. */
function envelopeDomain(deps: DoctorDeps): string {
  return deps.settings.returnPathDomain ?? fromDomain(deps)
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}
