import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import isEmail from 'validator/lib/isEmail.js'
import isFQDN from 'validator/lib/isFQDN.js'
import { z } from 'zod'
import { isKnownZone } from '../core/delivery/time-zone.ts'
import { parsePublicUrl } from '../core/service-urls/public-url.ts'
import type { Parsed } from '../core/service-urls/url-parts.ts'
import { parseDuration } from '../core/text/duration.ts'

/** `20s`, `14d`: a length in ms. */
export const duration = z.string().transform((text, context) => {
  const length = parseDuration(text)
  if (length === null) context.addIssue('is not a duration.')
  return length ?? z.NEVER
})

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'is not a whole number.', abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}.`)

/** Events per second. */
export const rate = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,3})?$/, { error: 'is not a number.', abort: true })
  .transform(Number)
  .refine((value) => value >= 0.01 && value <= 10_000, 'is not between 0.01 and 10000.')

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, 'is not a known value.') as z.ZodType<T[number], string>

/** An address whose parser knows what is wrong with it and how to fix that. */
export const address = <T>(parse: (text: string) => Parsed<T>) =>
  z.string().transform((text, context) => {
    const parsed = parse(text)
    if ('value' in parsed) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.what, params: { fix: parsed.fix } })
    return z.NEVER
  })

/** `a, b` as a list. */
export const splitList = (text: string) => text.split(',').map((part) => part.trim())

export const list = z.string().transform(splitList)

/** `Name <address>`, or an address alone. The domain is converted to ASCII. */
export const sender = z.string().transform((text, context) => {
  const parts = /^(.*?)\s*<([^<>]+)>$/.exec(text)
  const name = (parts?.[1] ?? '').replace(/^"(.*)"$/, '$1').trim()
  const address = (parts?.[2] ?? text).trim()
  // A line break in a header would start another one.
  const isClean = !/[\p{Cc}"\\<>]/u.test(name)
  if (isClean && isEmail.default(address, { allow_utf8_local_part: false }))
    return { name, address: withAsciiDomain(address) }
  context.addIssue('is not a sender.')
  return z.NEVER
})

/** Envelopes, headers and DNS know a domain by its ASCII form (RFC 5890). */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  const domain = domainToASCII(address.slice(at))
  return domain === '' ? address : address.slice(0, at) + domain
}

/** A domain in ASCII. */
export const domainName = z
  .string()
  .refine((text) => isFQDN.default(text), 'is not a domain.')
  .transform((text) => domainToASCII(text) || text)

/** Numbers of messages per day that grow: `50, 100, 200`. */
export const warmUpPlan = z
  .string()
  .regex(/^\d{1,9}(\s*,\s*\d{1,9})*$/, { error: 'is not a list of whole numbers.', abort: true })
  .transform((text) => text.split(',').map(Number))
  .refine((days) => days.every((quota, day) => quota > (days[day - 1] ?? 0)), 'does not grow from day to day.')

/** Origins, separated by commas, as browsers write them: scheme, host and port, and nothing after it. */
export const origins = z.string().transform((text, context) =>
  splitList(text)
    .filter((part) => part !== '')
    .flatMap((part) => {
      const parsed = parsePublicUrl(part)
      if ('value' in parsed && parsed.value.path === '') return [parsed.value.href]
      context.addIssue('contains something that is not an origin.')
      return []
    }),
)

/** `9464`, on this machine only, or `10.0.0.5:9464`. */
export const listenAddress = z.string().transform((text, context) => {
  const [, v6, v4, port = ''] = /^(?:\[([0-9a-f:]+)\]:|([\d.]+):)?(\d{1,5})$/i.exec(text) ?? []
  const host = v6 ?? v4 ?? '127.0.0.1'
  if (port !== '' && Number(port) <= 65_535 && isIP(host) > 0) return { host, port: Number(port) }
  context.addIssue('is not a port, or an address and a port.')
  return z.NEVER
})

/** A name of the IANA time zone database. */
export const timeZone = z.string().refine(isKnownZone, 'is not a time zone.')
