import type { Course } from '../core/course.ts'
import type { Emails } from '../core/emails.ts'
import { AppError } from '../core/errors.ts'
import { escapeHtml } from '../core/escape-html.ts'
import { POSTMARK_METADATA } from '../core/hooks/postmark.ts'
import { sayWhen, weekdayOf } from '../core/local-time.ts'
import type { Composer, MailToCompose, OutgoingMessage } from '../flow/ports.ts'
import { buildMessage } from './build-message.ts'
import { checkDkimKey, type DkimKey } from './dkim.ts'
import { oneLine } from './one-line.ts'
import type { MailToPrepare } from './pieces.ts'
import { type PreparedMail, prepareMail } from './prepare.ts'
import { fill } from './slots.ts'
import { wrap } from './wrap.ts'

export interface ComposerOptions {
  /** From content/load-emails.ts. */
  readonly emails: Emails
  /** The address every mail comes from; the name beside it is the course's own. */
  readonly from: { readonly name: string; readonly address: string }
  readonly postalAddress: string
  /** The links' own place; its host ends the List-Id. */
  readonly publicUrl: string
  /** One key, several (while keys are changed), or none: unsigned. */
  readonly dkim?: DkimKey | readonly DkimKey[] | null
  /** Mail goes out through Postmark, which replaces Message-ID and envelope sender unless told otherwise. */
  readonly postmark?: boolean
}

/**
 * The composer of every mail the service sends. What does not depend on the person is prepared once for each lesson
 * and variant; a mail then costs the filling of its slots and the MIME encoding.
 * Fails at once with `misconfigured` for a DKIM key that cannot be used or a missing postal address.
 */
export function createComposer(options: ComposerOptions): Composer {
  const keys = [options.dkim ?? []].flat()
  for (const key of keys) checkDkimKey(key)
  if (options.postalAddress.trim() === '') {
    throw new AppError('misconfigured', 'MAIL_ADDRESS is empty. The law wants a postal address in every mail: set it.')
  }
  const host = new URL(options.publicUrl).hostname
  const prepared = createPreparer(options)
  return {
    async compose(mail) {
      const ready = prepared(mail)
      const values = personalValues(mail, ready)
      const raw = await buildMessage(
        {
          from: { name: ready.sender, address: options.from.address },
          to: mail.to,
          subject: fill(ready.subject, values),
          date: mail.date,
          messageId: mail.messageId,
          listName: ready.listName,
          listId: `${ready.listLabel}.${host}`,
          feedbackId: `${ready.campaign}:mail:${senderId(host)}`,
          oneClickStop: mail.links.oneClickStop,
          mailToStop: mail.links.mailToStop ?? null,
          relayHeaders: relayHeaders(options, mail),
          language: ready.language,
          html: htmlOf(ready, values),
          text: wrap(fill(ready.text, values)),
        },
        keys,
      )
      return { from: mail.envelopeFrom ?? options.from.address, to: mail.to, raw } satisfies OutgoingMessage
    },

    show(mail) {
      const ready = prepared(mail)
      return htmlOf(ready, personalValues(mail, ready))
    },
  }
}

/** Keeps what was prepared for as long as its course is in use; a course read anew is prepared anew. */
function createPreparer({ emails, postalAddress }: ComposerOptions): (mail: MailToCompose) => PreparedMail {
  const caches = new WeakMap<Course, Map<string, PreparedMail>>()
  return (mail) => {
    const cache = caches.get(mail.course) ?? new Map<string, PreparedMail>()
    caches.set(mail.course, cache)
    const request = toPrepare(mail)
    const { kind, day, variant, discreet, help, view } = request
    // A discreet mail says the same to everyone; a notice knows no variant.
    const reader =
      discreet || kind === 'confirm' || kind === 'already-active' || kind === 'reading-link'
        ? ''
        : `${variant.track}+${variant.overlays.join('+')}`
    const plan = discreet || request.plan === null ? '' : JSON.stringify(request.plan)
    const key = `${kind}/${day ?? request.checkIn?.week}/${discreet}/${help}/${view}/${reader}/${plan}`
    const found = cache.get(key)
    if (found !== undefined) return found
    const made = prepareMail(request, emails, postalAddress)
    cache.set(key, made)
    return made
  }
}

/** Overlays in the course's own order and none that it does not have, so that the cache stays as small as the course. */
function toPrepare({ kind, course, day, checkIn, variant, plan, discreet, links }: MailToCompose): MailToPrepare {
  const track = course.tracks.find(({ name }) => name === variant.track)?.name ?? null
  const overlays = course.overlays.map(({ name }) => name).filter((name) => variant.overlays.includes(name))
  return {
    kind,
    course,
    day: kind === 'lesson' ? day : null,
    checkIn: checkIn ?? null,
    variant: { track, overlays },
    plan: plan ?? null,
    discreet,
    help: links.help !== undefined,
    view: links.view !== undefined,
  }
}

function htmlOf(ready: PreparedMail, values: Readonly<Record<string, string>>): string {
  return fill(ready.html, mapValues(values, escapeHtml))
}

function personalValues(mail: MailToCompose, ready: PreparedMail): Record<string, string> {
  const name = oneLine(mail.name)
  const { nextLessonAt, timeZone, date } = mail
  const when = nextLessonAt === null ? '' : sayWhen(nextLessonAt, timeZone, date)
  const next = ready.next === null ? '' : fill(nextLessonAt === null ? ready.next.none : ready.next.some, { when })
  return {
    name,
    ', name': name === '' ? '' : `, ${name}`,
    weekday: weekdayOf(date, timeZone),
    next,
    when,
    openUrl: mail.links.open,
    stopUrl: mail.links.stop,
    helpUrl: mail.links.help ?? '',
    viewUrl: mail.links.view ?? '',
  }
}

/** Postmark reads metadata from headers of this prefix and tells it in its webhooks; without the second it replaces the Message-ID. */
function relayHeaders({ postmark }: ComposerOptions, { deliveryTag }: MailToCompose): Record<string, string> {
  if (!postmark || deliveryTag === undefined) return {}
  return { [`X-PM-Metadata-${POSTMARK_METADATA}`]: deliveryTag, 'X-PM-KeepID': 'true' }
}

/** Gmail's Feedback-ID ends with 5 to 15 characters that stay the same for a sender. */
function senderId(host: string): string {
  return host
    .replace(/[^a-z0-9]/g, '')
    .slice(-15)
    .padEnd(5, '0')
}

function mapValues(values: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
