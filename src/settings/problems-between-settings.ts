import type { Problem } from '../core/errors.ts'
import { parsePublicUrl } from '../core/service-urls/public-url.ts'
import { parseSmtpUrl } from '../core/service-urls/relay-url.ts'
import { splitList } from './parsers.ts'
import { fixOf, type SettingName } from './settings.ts'

/** The texts of the settings that are set. */
type Given = Readonly<Partial<Record<SettingName, string>>>

/** What is wrong only in combination with another setting. Works on the texts, so that one wrong value hides no other problem. */
export function problemsBetweenSettings(given: Given): Problem[] {
  return [dkim, bounceListener, metrics, smtpTls, desk, production].flatMap((check) => check(given))
}

function problem(file: SettingName, what: string, fix = fixOf(file)): Problem {
  return { file, what, fix }
}

function dkim(given: Given): Problem[] {
  const names = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'] as const
  const missing = names.some((name) => given[name]) ? names.filter((name) => !given[name]) : []
  const problems = missing.map((name) => problem(name, 'is missing, and signing needs all three DKIM settings.'))
  const selectors = splitList(given.DKIM_SELECTOR ?? '').length
  const files = splitList(given.DKIM_KEY_FILE ?? '').length
  if (given.DKIM_SELECTOR && given.DKIM_KEY_FILE && selectors !== files) {
    const what = `names ${files} files for the ${selectors} selectors in DKIM_SELECTOR.`
    problems.push(problem('DKIM_KEY_FILE', what, 'Name one file for each selector, with commas between them.'))
  }
  return problems
}

function bounceListener(given: Given): Problem[] {
  const tls = ['BOUNCE_TLS_CERT_FILE', 'BOUNCE_TLS_KEY_FILE'] as const
  const hasTls = tls.some((name) => given[name])
  const missing = hasTls ? tls.filter((name) => !given[name]) : []
  const problems = missing.map((name) => problem(name, 'is missing, and STARTTLS needs both certificate and key.'))
  if (given.BOUNCE_PORT && !given.RETURN_PATH_DOMAIN && !given.REPLY_DOMAIN)
    problems.push(problem('RETURN_PATH_DOMAIN', 'is missing, and BOUNCE_PORT takes mail for it, or for REPLY_DOMAIN.'))
  if (hasTls && !given.BOUNCE_PORT)
    problems.push(problem('BOUNCE_PORT', 'is missing, and the certificate for reports is of use only there.'))
  return problems
}

function metrics(given: Given): Problem[] {
  const address = /^\[?([^\]]+)\]?:\d+$/.exec(given.METRICS_PORT ?? '')?.[1]
  if (address === undefined || given.METRICS_TOKEN) return []
  if (isLoopback(address.includes(':') ? `[${address}]` : address)) return []
  return [problem('METRICS_TOKEN', 'is missing, and METRICS_PORT listens beyond this machine.')]
}

function desk(given: Given): Problem[] {
  if (!given.DESK_URL) return []
  const problems: Problem[] = []
  if (!given.DESK_PORT) {
    const what = 'is missing, and DESK_URL is the address of a proxy before it.'
    problems.push(
      problem('DESK_PORT', what, 'Set DESK_PORT, or leave DESK_URL out: the desk is below PUBLIC_URL then.'),
    )
  }
  if (given.NODE_ENV === 'production' && isUnsafe(given.DESK_URL))
    problems.push(problem('DESK_URL', 'is not https, and production needs it.'))
  return problems
}

function smtpTls({ SMTP_TLS: mode, SMTP_URL: url, NODE_ENV: environment }: Given): Problem[] {
  const parsed = parseSmtpUrl(url ?? '')
  const relay = 'value' in parsed ? parsed.value : null
  const problems: Problem[] = []
  if (mode === 'none' && relay?.secure) {
    const what = 'is none, and SMTP_URL begins with smtps://, which is TLS from the first byte on.'
    problems.push(problem('SMTP_TLS', what, 'Leave SMTP_TLS out, or use smtp:// in SMTP_URL.'))
  }
  if (mode === 'required' && !url) {
    const what = 'is required, and the built-in test mailbox speaks no TLS.'
    problems.push(problem('SMTP_TLS', what, 'Set SMTP_URL, or leave SMTP_TLS out.'))
  }
  const mayBeInClear = mode === 'none' || mode === 'opportunistic'
  if (environment === 'production' && mayBeInClear && relay !== null && relay.credentials !== null && !relay.secure) {
    const what = 'would send the password in SMTP_URL unencrypted, which production does not allow.'
    problems.push(problem('SMTP_TLS', what, 'Leave SMTP_TLS out, or take user and password out of SMTP_URL.'))
  }
  return problems
}

function production(given: Given): Problem[] {
  if (given.NODE_ENV !== 'production') return []
  const required = ['SECRET_KEY', 'MAIL_FROM', 'MAIL_ADDRESS', 'PUBLIC_URL'] as const
  const problems = required
    .filter((name) => !given[name])
    .map((name) => problem(name, 'is not set, but is required in production.'))
  if (isUnsafe(given.PUBLIC_URL ?? '')) problems.push(problem('PUBLIC_URL', 'is not https, and production needs it.'))
  return problems
}

/** An address without TLS that is not of this machine. */
function isUnsafe(text: string): boolean {
  const parsed = parsePublicUrl(text)
  return 'value' in parsed && !parsed.value.secure && !isLoopback(parsed.value.hostname)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
