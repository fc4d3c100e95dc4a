import { paths } from '../paths.ts'
import { ADDRESS_LINK_MS, ADDRESS_UNDO_MS } from '../retention.ts'
import { tokenOf } from './confirmation-token.ts'
import type { SecretKeys } from './keys.ts'
import { type LinkKeys, type LinkPurpose, readLink, signLink } from './link-token.ts'
import { EMAILED_LINK_MINUTES } from './session.ts'

/** A kind of link that emails and pages carry. */
export interface Link<Values> {
  /** Where the link leads, relative to PUBLIC_URL. */
  readonly path: (token: string) => string
  /** How long the link works from when it is sent, ms; null: the token has no end. */
  readonly lifetimeMs: number | null
  /** The token. `expiresAt` is ms UTC; a RangeError where the purpose needs an end and none is given. */
  make(keys: SecretKeys, values: Values, expiresAt?: number): string
}

export interface SignedLink<Values> extends Link<Values> {
  /** Null for a token of another kind, one that was changed, and one that has expired at `now` (ms UTC). */
  read(keys: LinkKeys, token: string, now?: number): Values | null
}

/** No enrolment has this id. */
const NO_ENROLMENT = 0
const NO_SIGN_UP = 0
const CHECK_INS = 1

const EMAILED_LINK_MS = EMAILED_LINK_MINUTES * 60_000

/**
 * Every kind of link, with the path it leads to, the purpose its token is signed for and the numbers that are signed.
 * Tokens lie in inboxes for years: the numbers of a kind that exists never change.
 */
export const LINKS = {
  /** Confirms a sign-up, which is found by the token's hash and decides how long the link works. */
  confirm: {
    path: paths.confirm,
    lifetimeMs: null,
    make: (keys, { nonce }) => tokenOf(keys, nonce),
  } satisfies Link<{ readonly nonce: string }>,
  /** Opens the page of a day, for as long as the enrolment exists. */
  lesson: signedLink('lesson', paths.lesson, ['enrolmentId', 'day']),
  /** Opens the settings, with the same authority as a lesson. */
  settings: signedLink('lesson', paths.settings, ['enrolmentId', 'day']),
  /** Opens the questions of the learner, with the same authority as a lesson. */
  questions: signedLink('lesson', paths.toQuestions, ['enrolmentId', 'day']),
  /** Stops an enrolment. */
  stop: signedLink('stop', paths.stop, ['enrolmentId']),
  /** Stops the weekly check-ins alone. */
  'stop-check-ins': signedLink('stop', paths.stop, ['enrolmentId', CHECK_INS]),
  /** Declines a sign-up that somebody else may have made. */
  decline: signedLink('stop', paths.stop, [NO_ENROLMENT, 'signUpId']),
  /** Opens everything the learner wrote, once. It belongs to the delivery that brings it. */
  read: signedLink('read', paths.read, ['enrolmentId', 'deliveryId'], EMAILED_LINK_MS),
  /** The second proof before everything of a learner is deleted. It belongs to the delivery that brings it. */
  erase: signedLink('erase', paths.eraseNow, ['enrolmentId', 'deliveryId'], EMAILED_LINK_MS),
  /** Shows a learner's courses again, once. It belongs to the delivery that brings it. */
  back: signedLink('back', paths.wayBack, ['learnerId', 'deliveryId'], EMAILED_LINK_MS),
  /** Confirms a new address, once. `changeId`: the delivery that asked it first. */
  address: signedLink('address', paths.confirmAddress, ['changeId', 'deliveryId'], ADDRESS_LINK_MS),
  /** Undoes a change of address, from the former one. */
  'undo-address': signedLink('undo-address', paths.undoAddress, ['changeId'], ADDRESS_UNDO_MS),
  /** Says that nobody at the new address asked for it. */
  'decline-address': signedLink('stop', paths.stop, [NO_ENROLMENT, NO_SIGN_UP, 'changeId']),
  /** Shows an email as a page. `endsAt` (ms UTC) is when the email's own link expires, where it does. */
  view: signedLink('view', paths.mail, ['deliveryId', 'emailNumber', 'endsAt?']),
} as const

export type LinkKind = keyof typeof LINKS
/** What a link of each kind is made from. */
export type LinkValues = { readonly [Kind in LinkKind]: Parameters<(typeof LINKS)[Kind]['make']>[1] }

const MAKERS: { readonly [Kind in LinkKind]: Link<LinkValues[Kind]> } = LINKS

/** The path of a link, relative to PUBLIC_URL, and its token. `expiresAt`: ms UTC, for a link that expires. */
export function makeLink<Kind extends LinkKind>(
  keys: SecretKeys,
  kind: Kind,
  values: LinkValues[Kind],
  expiresAt?: number,
): { readonly path: string; readonly token: string } {
  const link = MAKERS[kind]
  const token = link.make(keys, values, expiresAt)
  return { path: link.path(token), token }
}

/** A number by its name, by its name with `?` where it may be missing at the end, or one that is always the same. */
type Part = string | number
type Named<Parts extends readonly Part[]> = {
  readonly [Name in Extract<Parts[number], string> as Name extends `${string}?` ? never : Name]: number
} & { readonly [Name in Extract<Parts[number], string> as Name extends `${infer Base}?` ? Base : never]?: number }

function signedLink<const Parts extends readonly Part[]>(
  purpose: LinkPurpose,
  path: (token: string) => string,
  parts: Parts,
  lifetimeMs: number | null = null,
): SignedLink<Named<Parts>> {
  return {
    path,
    lifetimeMs,
    make(keys, values, expiresAt) {
      const named: Readonly<Record<string, number | undefined>> = values
      const numbers = parts.map((part) => (typeof part === 'number' ? part : named[nameOf(part)]))
      return signLink(
        keys,
        purpose,
        numbers.filter((number) => number !== undefined),
        expiresAt,
      )
    },
    read(keys, token, now) {
      const numbers = readLink(keys, purpose, token, now)
      if (numbers === null || numbers.length > parts.length) return null
      const named: Record<string, number> = {}
      for (const [index, part] of parts.entries()) {
        const number = numbers[index]
        if (typeof part === 'number' ? number !== part : number === undefined && !part.endsWith('?')) return null
        if (typeof part === 'string' && number !== undefined) named[nameOf(part)] = number
      }
      return named as Named<Parts>
    },
  }
}

function nameOf(part: string): string {
  return part.replace('?', '')
}
