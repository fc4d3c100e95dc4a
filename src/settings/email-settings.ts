import { z } from 'zod'
import { parseSmtpUrl } from '../core/service-urls/relay-url.ts'
import type { Setting } from '../core/setting.ts'
import { address, domainName, list, oneOf, rate, sender, splitList, warmUpPlan, wholeNumber } from './parsers.ts'

type Settings = Readonly<Record<string, Setting>>

/** DKIM selectors, separated by commas (RFC 6376 section 3.1). */
const selectors = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\s*,\s*[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)*$/i, 'is not a selector.')
  .transform(splitList)

export const email = {
  SMTP_URL: {
    type: address(parseSmtpUrl),
    fix: 'Use smtp://user:password@host:587 or smtps://user:password@host:465, or leave it out.',
    meaning:
      'your mail relay: `smtp://user:pass@host:port` or `smtps://`. The password is taken as it is, or percent-encoded (`%` as `%25`, `@` as `%40`, `/` as `%2F`), as in `REDIS_URL`',
    unset: 'the built-in test mailbox; refused in production',
    example: 'smtps://user:password@relay.example:465',
    secret: true,
  },
  SMTP_TLS: {
    type: oneOf(['required', 'opportunistic', 'none']),
    fix: 'Use required, opportunistic or none, or leave it out.',
    meaning:
      '`required`: nothing is sent before TLS is established; `opportunistic`: TLS if the relay offers it; `none`. Certificates are always verified; `NODE_EXTRA_CA_CERTS` names a private authority',
    unset: '`required` in production if `SMTP_URL` has a password, otherwise `opportunistic`',
  },
  SMTP_CONNECTIONS: {
    type: wholeNumber(1, 1_000),
    default: '5',
    fix: 'Use a whole number of at least 1, such as 5.',
    meaning: 'maximum number of connections to the relay, per worker process',
  },
  SMTP_RATE: {
    type: rate,
    fix: 'Use the messages a second that your provider allows, such as 14 or 0.5, or leave it out.',
    meaning: 'maximum messages per second, of all workers together, such as `14` or `0.5`',
    unset: 'no limit',
  },
  MAILBOX_PORT: {
    type: wholeNumber(1, 65_535),
    fix: 'Use a number from 1 to 65535, such as 1080, or leave it out.',
    meaning: 'port of the built-in test mailbox',
    unset: '1080 or the next free one, the same at every restart',
  },
  MAIL_FROM: {
    type: sender,
    default: 'Bootcamp <course@bootcamp.example>',
    fix: 'Use an address you may send from, such as Steady Week <course@course.example>.',
    meaning: 'sender, as a name and an address, or an address alone',
    unset: 'a development sender; refused in production',
    example: 'Steady Week <course@course.example>',
  },
  MAIL_ADDRESS: {
    type: z.string(),
    default: 'Sent by a copy of this service that is being tried out. It has no postal address.',
    fix: 'Write the postal address that the footer of every mail must show.',
    meaning: 'postal address in the footer of every email, which the law requires',
    unset: 'a development address; refused in production',
    example: '',
  },
  DKIM_DOMAIN: {
    type: domainName,
    fix: 'Use the domain that publishes the key, such as course.example.',
    meaning: 'domain whose key signs every message (RSA or Ed25519)',
    unset: 'unsigned',
  },
  DKIM_SELECTOR: {
    type: selectors,
    fix: 'Use the name the key is published under, such as mail2026; several with commas between them.',
    meaning:
      'name under which the key is published. For two keys at once (RSA and Ed25519, or while one replaces another) two names, separated by a comma',
    unset: 'unsigned',
  },
  DKIM_KEY_FILE: {
    type: list,
    fix: 'Use the path of the private key in PEM form; one for each selector, with commas between them.',
    meaning: 'path of the private key (PEM); one for each selector, separated by commas',
    unset: 'unsigned',
  },
  WARM_UP: {
    type: warmUpPlan,
    fix: 'Use messages a day that grow, such as 50,100,200,400, or leave it out.',
    meaning:
      'messages per UTC day while a new sender builds a reputation, such as `50,100,200,400`; no limit after the last',
    unset: 'no limit',
  },
} as const satisfies Settings

/** Those of the providers' webhooks follow; each is defined in its provider's file under core/reports. */
export const reports = {
  RETURN_PATH_DOMAIN: {
    type: domainName.transform((text) => text.toLowerCase()),
    fix: 'Use a subdomain whose MX record leads here, such as bounces.course.example.',
    meaning:
      'subdomain of the From domain that bounces come back to, with an MX record that leads here; every message gets an envelope sender in it',
    unset: 'the envelope sender is `MAIL_FROM`',
  },
  REPLY_DOMAIN: {
    type: domainName.transform((text) => text.toLowerCase()),
    fix: 'Use a subdomain whose MX record leads here or to your provider, such as reply.course.example.',
    meaning:
      "subdomain that learners' replies to a lesson come to, as questions; its MX record leads here, or to a provider that calls a webhook",
    unset: 'questions on the page only; emails have no Reply-To',
  },
  BOUNCE_PORT: {
    type: wholeNumber(0, 65_535),
    fix: 'Use the port that mail for RETURN_PATH_DOMAIN and REPLY_DOMAIN is forwarded to, such as 2525, or leave it out.',
    meaning: 'port on which the service accepts email to these two domains; forward port 25 to it',
    unset: 'no bounces and no replies by SMTP',
  },
  BOUNCE_TLS_CERT_FILE: {
    type: z.string(),
    fix: 'Use the path of the certificate with its chain in PEM form, such as fullchain.pem.',
    meaning: 'certificate with its chain (PEM) for STARTTLS on that port',
    unset: 'no STARTTLS',
  },
  BOUNCE_TLS_KEY_FILE: {
    type: z.string(),
    fix: 'Use the path of the private key in PEM form, such as privkey.pem.',
    meaning: 'private key (PEM) of that certificate',
    unset: 'no STARTTLS',
  },
} as const satisfies Settings
