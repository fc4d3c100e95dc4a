import { type Finding, ok, problem, tagsOf, warning } from './sender-records.ts'

/** Returns the TXT records of a name; empty if the name does not exist. */
export type ResolveTxt = (name: string) => Promise<readonly string[]>

type Tags = ReadonlyMap<string, string>

interface Step {
  readonly domain: string
  /** Null: no DMARC record, or several, which are all ignored. */
  readonly tags: Tags | null
  readonly count: number
}

/** What a receiver finds for a domain. */
export interface Dmarc {
  /** The record that applies, with its domain; null: none. */
  readonly policy: { readonly domain: string; readonly tags: Tags } | null
  /** The organizational domain; domains that share it are aligned. */
  readonly organizational: string
  /** Number of records at the domain itself; more than one invalidates them. */
  readonly ownRecords: number
}

/** RFC 9989 section 4.10: at most eight queries, however many labels the name has. */
const MAX_LABELS = 8

/**
 * Discovers the policy and the organizational domain by the DNS tree walk (RFC 9989 section 4.10), which needs no
 * public suffix list.
 */
export async function findDmarc(domain: string, resolveTxt: ResolveTxt): Promise<Dmarc> {
  const steps = await walk(domain, resolveTxt)
  const organizational = organizationalOf(domain, steps)
  const own = steps[0]
  const at = (name: string) => steps.find((step) => step.domain === name && step.tags !== null)
  const suffix = steps.find(({ tags }) => tagOf(tags, 'psd') === 'y')
  const found = (own && at(own.domain)) ?? at(organizational) ?? suffix
  return {
    policy: found?.tags ? { domain: found.domain, tags: found.tags } : null,
    organizational,
    ownRecords: own?.count ?? 0,
  }
}

async function walk(domain: string, resolveTxt: ResolveTxt): Promise<Step[]> {
  const steps: Step[] = []
  let labels = domain.toLowerCase().replace(/\.$/, '').split('.')
  while (labels.length > 0) {
    const name = labels.join('.')
    const records = (await resolveTxt(`_dmarc.${name}`)).filter((text) => /^v\s*=\s*DMARC1\s*(;|$)/.test(text))
    const tags = records.length === 1 ? tagsOf(records[0] ?? '') : null
    steps.push({ domain: name, tags, count: records.length })
    const psd = tagOf(tags, 'psd')
    if (psd === 'n' || (psd === 'y' && steps.length > 1)) break
    labels = labels.slice(labels.length > MAX_LABELS ? labels.length - (MAX_LABELS - 1) : 1)
  }
  return steps
}

function organizationalOf(domain: string, steps: readonly Step[]): string {
  const start = steps[0]?.domain ?? domain
  const withRecord = steps.filter(({ tags }) => tags !== null)
  const boundary = withRecord.find(({ tags }) => tagOf(tags, 'psd') === 'n')
  if (boundary) return boundary.domain
  const suffix = withRecord.find((step) => tagOf(step.tags, 'psd') === 'y' && step.domain !== start)
  if (suffix)
    return start
      .split('.')
      .slice(-(suffix.domain.split('.').length + 1))
      .join('.')
  return withRecord.at(-1)?.domain ?? start
}

/**
 * Whether two domains are aligned for DMARC (RFC 9989 section 4.4): identical if strict, of the same organizational
 * domain if relaxed.
 */
export async function isAligned(one: string, other: string, strict: boolean, resolveTxt: ResolveTxt): Promise<boolean> {
  if (one === other) return true
  if (strict) return false
  const [first, second] = await Promise.all([findDmarc(one, resolveTxt), findDmarc(other, resolveTxt)])
  return first.organizational === second.organizational
}

/** Removed in RFC 9989; older receivers may still use them. */
const OBSOLETE = ['pct', 'rf', 'ri'] as const
const POLICIES = ['none', 'quarantine', 'reject']

/** What a receiver concludes about the From domain. `exists`: whether the name exists in DNS. */
export function checkDmarc(domain: string, { policy, ownRecords }: Dmarc, exists: boolean): Finding {
  if (ownRecords > 1) return problem(`${domain} has ${ownRecords} DMARC records, and so none counts.`, 'Leave one.')
  if (policy === null)
    return problem(
      `${domain} has no DMARC record, which Gmail and Yahoo ask of everyone who sends much.`,
      `Publish: _dmarc.${domain} TXT "v=DMARC1; p=none; rua=mailto:dmarc@${domain}"`,
    )
  const { tags } = policy
  for (const name of ['p', 'sp', 'np']) {
    const value = tagOf(tags, name)
    if (value !== '' && !POLICIES.includes(value))
      return problem(
        `The DMARC record of ${policy.domain} has ${name}= that is not known.`,
        `Write ${name}=none, ${name}=quarantine or ${name}=reject.`,
      )
  }
  if (tagOf(tags, 'p') === '')
    return problem(`The DMARC record of ${policy.domain} has no policy.`, 'Write p=none, p=quarantine or p=reject.')
  const [name, value] = effective(domain, policy, exists)
  const what = `DMARC of ${domain} is ${name}=${value}${policy.domain === domain ? '' : `, from ${policy.domain}`}`
  const warnings = warningsOf(domain, policy, exists)
  if (warnings.length === 0) return ok(`${what}, with reports.`)
  return warning(
    [`${what}.`, ...warnings.map(([message]) => message)].join(' '),
    warnings.map(([, fix]) => fix).join(' '),
  )
}

/** The tag that applies and its value: `sp` for a subdomain and `np` for a name that does not exist, with fallbacks. */
function effective(domain: string, { domain: at, tags }: NonNullable<Dmarc['policy']>, exists: boolean) {
  const order = domain === at ? ['p'] : exists ? ['sp', 'p'] : ['np', 'sp', 'p']
  const name = order.find((one) => tagOf(tags, one) !== '') ?? 'p'
  return [name, tagOf(tags, name)] as const
}

function warningsOf(domain: string, { domain: at, tags }: NonNullable<Dmarc['policy']>, exists: boolean) {
  const warnings: (readonly [message: string, fix: string])[] = []
  const psd = tagOf(tags, 'psd')
  if (!exists && domain !== at)
    warnings.push([
      `DNS knows no ${domain}, and the policy for names that do not exist applies.`,
      `Publish an MX or A record for ${domain}.`,
    ])
  if (!tags.has('rua')) warnings.push(['Failures are not reported to anybody.', `Add rua=mailto:dmarc@${at}`])
  if (tagOf(tags, 't') === 'y')
    warnings.push([
      'It says that it is being tried out (t=y), so receivers apply the next milder policy.',
      'Take t=y out once the reports are well.',
    ])
  if (!['', 'y', 'n'].includes(tagOf(tags, 't')))
    warnings.push(['Its t= is not known.', 'Write t=y or t=n, or leave it out.'])
  if (psd === 'y' && domain === at)
    warnings.push([`It says that others register names below ${at} (psd=y).`, 'Take psd=y out, or write psd=n.'])
  if (!['', 'y', 'n', 'u'].includes(psd)) warnings.push(['Its psd= is not known.', 'Write psd=n, or leave it out.'])
  const gone = OBSOLETE.filter((name) => tags.has(name))
  if (gone.length > 0)
    warnings.push([
      `${gone.map((name) => `${name}=`).join(', ')} ${gone.length === 1 ? 'was' : 'were'} removed in RFC 9989.`,
      `Remove ${gone.length === 1 ? 'it' : 'them'}${gone.includes('pct') ? '; use t=y to test a policy' : ''}.`,
    ])
  return warnings
}

function tagOf(tags: Tags | null, name: string): string {
  return (tags?.get(name) ?? '').toLowerCase()
}
