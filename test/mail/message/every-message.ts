import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type Content, loadContent } from '../../../src/content/load-content.ts'
import { type SampleEmail, sampleEmails, variantsOf } from '../../../src/flow/delivery/sample-emails.ts'
import type { Composer } from '../../../src/flow/ports/ports.ts'
import { type ComposerOptions, createComposer } from '../../../src/mail/message/composer.ts'
import type { DkimKey } from '../../../src/mail/message/dkim.ts'
import { siteAt } from '../../support/parse-servers.ts'
import { matrix } from '../../trial-sizes.ts'
import { EMAILS, LESSONS } from './sample-mail.ts'

/** The keys that sign: RSA-2048 beside Ed25519, and their records as a zone would publish them. */
export function twoKeys(): { keys: DkimKey[]; records: Readonly<Record<string, string>>; pem: string[] } {
  const pairs = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('ed25519')]
  const pem = pairs.map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return {
    pem,
    keys: pem.map((text, index) => ({ domain: 'course.example', selector: `s${index}`, key: createPrivateKey(text) })),
    records: Object.fromEntries(
      pairs.map(({ publicKey }, index) => [`s${index}._domainkey.course.example`, dkimRecord(publicKey)]),
    ),
  }
}

/** RFC 6376 section 3.6.1; for Ed25519 the 32 bytes alone (RFC 8463 section 4). */
export function dkimRecord(key: KeyObject): string {
  const spki = createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' })
  return key.asymmetricKeyType === 'rsa'
    ? `v=DKIM1; k=rsa; p=${spki.toString('base64')}`
    : `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}`
}

export interface EveryMessage {
  readonly content: Content
  readonly composer: Composer
  readonly options: ComposerOptions
  /** `<track+overlays | discreet>/<id>`: every mail of every course under lessons/, in these forms. */
  readonly mails: readonly (SampleEmail & { readonly form: string })[]
}

/**
 * The forms that are tried: in the gate every track, and every overlay by itself, with the other and with none; in full all
 * of them with each other.
 */
export const FORMS = matrix({
  gate: [
    'common',
    'steady+lighter',
    'mend',
    'mend+lighter+gentle',
    'bridge+gentle',
    'reach+lighter+gentle',
    'discreet',
  ],
  full: [
    ...['common', 'steady', 'mend', 'bridge', 'reach'].flatMap((track) =>
      ['', '+lighter', '+gentle', '+lighter+gentle'].map((overlays) => track + overlays),
    ),
    'discreet',
  ],
})

/** Every mail that the service can send: all kinds, all lessons, each in these forms of its course. */
export async function everyMessage(
  keys: readonly DkimKey[],
  address = 'https://course.example',
): Promise<EveryMessage> {
  const content = await loadContent({ lessonsDir: LESSONS, emailsDir: EMAILS })
  const publicUrl = siteAt(address)
  const shared = {
    publicUrl,
    to: 'mara@example.test',
    name: 'Mara',
    timeZone: 'Europe/Berlin',
    date: Date.parse('2026-11-23T06:00:00Z'),
  }
  const mails = content.courses.all().flatMap((course) => {
    const resources = content.courses.resourcesOf(course.name)
    const open = variantsOf(course).flatMap((variant) => {
      const form = [variant.track ?? 'common', ...variant.overlays].join('+')
      if (!FORMS.includes(form)) return []
      return sampleEmails({ ...shared, course, resources, variant, discreet: false }).map((mail) => ({ ...mail, form }))
    })
    const quiet = { ...shared, course, resources, variant: { track: null, overlays: [] }, discreet: true }
    return [...open, ...sampleEmails(quiet).map((mail) => ({ ...mail, form: 'discreet' }))]
  })
  const options: ComposerOptions = {
    emails: content.emails,
    locales: content.locales,
    from: { name: 'Not used', address: 'hello@course.example' },
    postalAddress: 'Example House\n1 Sample Street\n12345 Sampletown',
    hostname: publicUrl.hostname,
    dkim: keys,
  }
  return { content, composer: createComposer(options), options, mails }
}
