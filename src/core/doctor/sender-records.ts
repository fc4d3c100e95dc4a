import { createPublicKey, type KeyObject } from 'node:crypto'

/** The result of one check of a record, file or server. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem' | 'skipped'
  /** One sentence. */
  readonly message: string
  /** What to do; '' if nothing. */
  readonly fix: string
}

export const ok = (message: string): Finding => ({ level: 'ok', message, fix: '' })
export const skipped = (message: string): Finding => ({ level: 'skipped', message, fix: '' })
export const warning = (message: string, fix: string): Finding => ({ level: 'warning', message, fix })
export const problem = (message: string, fix: string): Finding => ({ level: 'problem', message, fix })

/** Checks the SPF records of the envelope sender's domain (RFC 7208). */
export function checkSpf(domain: string, texts: readonly string[]): Finding {
  const records = texts.filter((text) => /^v=spf1( |$)/i.test(text))
  const [record] = records
  if (record === undefined)
    return problem(
      `${domain} has no SPF record.`,
      `Publish one that names your relay: ${domain} TXT "v=spf1 include:<relay> -all"`,
    )
  if (records.length > 1)
    return problem(
      `${domain} has ${records.length} SPF records, and so none counts.`,
      'Join them into one (RFC 7208 section 4.5).',
    )
  const terms = record.toLowerCase().split(/\s+/).slice(1)
  const all = terms.find((term) => /^[+?~-]?all$/.test(term))
  const lookups = terms.filter((term) => /^[+?~-]?(include:|a\b|mx\b|ptr\b|exists:)|^redirect=/.test(term)).length
  if (all === 'all' || all === '+all')
    return problem(`The SPF record of ${domain} lets everybody send.`, 'End it with -all or ~all.')
  if (terms.every((term) => term === all))
    return problem(
      `The SPF record of ${domain} names no sender.`,
      'Put the mechanism of your relay before its end: include:<relay>',
    )
  if (lookups > 10)
    return problem(
      `The SPF record of ${domain} needs ${lookups} look-ups; ten is the most.`,
      'Take out what no longer sends.',
    )
  if (all === '?all' || (all === undefined && !terms.some((term) => term.startsWith('redirect='))))
    return warning(`The SPF record of ${domain} does not say what other senders are.`, 'End it with -all or ~all.')
  return ok(`${domain} has one SPF record: ${record}`)
}

/** Checks the record of a signing key (RFC 6376 section 3.6.1) against the private key in use. */
export function checkDkim(name: string, texts: readonly string[], key: KeyObject): Finding {
  const wanted = publishedForm(key)
  const publish = `Publish: ${name} TXT "${wanted}"`
  const records = texts.map(tagsOf).filter((tags) => tags.has('p'))
  const [record] = records
  if (record === undefined) return problem(`${name} has no DKIM record.`, publish)
  if (records.length > 1)
    return problem(`${name} has ${records.length} DKIM records.`, 'Leave the one of the key in use.')
  const published = record.get('p')?.replace(/\s/g, '') ?? ''
  if (published === '')
    return problem(`The key at ${name} is revoked (p= is empty).`, `${publish}, or sign with another key.`)
  if (published !== tagsOf(wanted).get('p'))
    return problem(
      `The key at ${name} is not the one that signs.`,
      `${publish}, or correct DKIM_KEY_FILE and DKIM_SELECTOR.`,
    )
  const type = key.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa'
  if ((record.get('k') ?? 'rsa') !== type) return problem(`The record ${name} says it is no ${type} key.`, publish)
  if ((record.get('t') ?? '').split(':').includes('y'))
    return warning(`${name} says that signing is being tried out (t=y).`, 'Take t=y out once all is well.')
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (type === 'rsa' && bits < 2048)
    return warning(`The key at ${name} has ${bits} bits.`, 'Make one of 2048 bits: openssl genrsa -out dkim.pem 2048')
  return ok(`The key at ${name} is the one that signs (${type === 'rsa' ? `RSA-${bits}` : 'Ed25519'}).`)
}

/** The public key as published in DNS. Ed25519 keys are published as their bare 32 bytes (RFC 8463 section 4). */
function publishedForm(key: KeyObject): string {
  const spki = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ type: 'spki', format: 'der' })
  return key.asymmetricKeyType === 'ed25519'
    ? `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}`
    : `v=DKIM1; k=rsa; p=${spki.toString('base64')}`
}

/** Parses `a=1; b=2` (RFC 6376 section 3.2); names in lower case. */
export function tagsOf(record: string): Map<string, string> {
  return new Map(
    record.split(';').flatMap((part): [string, string][] => {
      const at = part.indexOf('=')
      return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]]
    }),
  )
}
