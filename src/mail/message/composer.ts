import type { Course } from '../../core/course/course.ts'
import { EMAIL_KINDS } from '../../core/delivery/email-kinds.ts'
import { formatHour, formatWeekday, formatWhen } from '../../core/delivery/local-time.ts'
import { AppError } from '../../core/errors.ts'
import { POSTMARK_METADATA } from '../../core/reports/postmark.ts'
import { escapeHtml } from '../../core/text/escape-html.ts'
import type { Composer, EmailToCompose, OutgoingMessage } from '../../flow/ports/ports.ts'
import { createBufferPool } from './buffer-pool.ts'
import { buildMessage } from './build-message.ts'
import { createSigner, type DkimKey } from './dkim.ts'
import type { NextSentences, TemplateRequest } from './email-parts.ts'
import { makeTemplate } from './message-template.ts'
import { oneLine } from './one-line.ts'
import { type EmailSources, type PreparedEmail, prepareEmail } from './prepare-email.ts'
import { fillTemplate, placeholdersOf, type TemplateText } from './template-text.ts'

export interface ComposerOptions extends EmailSources {
  /** The address every email comes from; the name beside it is the course's own. */
  readonly from: { readonly name: string; readonly address: string }
  /** Host of the public address; ends the List-Id. */
  readonly hostname: string
  /** One key, several during a key rotation, or none, which sends unsigned. */
  readonly dkim?: DkimKey | readonly DkimKey[] | null
  /** Email goes out through Postmark, which replaces the Message-ID and the envelope sender unless told otherwise. */
  readonly postmark?: boolean
}

/**
 * Composes every email the service sends. Everything that does not depend on the person is prepared and encoded once
 * for each lesson and variant; an email then only costs encoding its few values and signing it. Fails at once with
 * `misconfigured` for an unusable DKIM key or a missing postal address.
 */
export function createComposer(options: ComposerOptions): Composer {
  const signers = [options.dkim ?? []].flat().map(createSigner)
  if (options.postalAddress.trim() === '') {
    throw new AppError(
      'misconfigured',
      'MAIL_ADDRESS is empty. The law requires a postal address in every email. Set it.',
    )
  }
  const { from } = options
  const sender = { address: from.address, host: options.hostname }
  const memory = createBufferPool()
  const message = cached((request) => {
    const email = prepareEmail(request, options)
    const placeholders = new Set([
      ...placeholdersOf(email.subject),
      ...placeholdersOf(email.html),
      ...placeholdersOf(email.text),
    ])
    return { template: makeTemplate(email, sender), next: email.next, words: email.words, placeholders }
  })
  const page = cached((request) => {
    const { html, next, words } = prepareEmail(request, options)
    return { html, next, words, placeholders: new Set(placeholdersOf(html)) }
  })
  return {
    async compose(email) {
      const ready = message(email)
      const raw = await buildMessage(
        ready.template,
        {
          to: email.to,
          replyTo: email.replyTo ?? null,
          date: email.date,
          messageId: email.messageId.replace(/^<(.*)>$/, '$1'),
          oneClickStop: email.links.oneClickStop,
          mailToStop: email.links.mailToStop ?? null,
          relayHeaders: relayHeaders(options, email),
        },
        personalValues(email, ready),
        signers,
        memory,
      )
      const release = () => memory.recycle(raw)
      // No line begins with a dot: encodeText escapes those, and a header line begins with a name or a space.
      return {
        from: email.envelopeFrom ?? from.address,
        to: email.to,
        raw,
        dotFree: true,
        release,
      } satisfies OutgoingMessage
    },

    show(email) {
      const ready = page(email)
      const values = personalValues(email, ready)
      const escaped = Object.entries(values).map(([key, value]) => [key, escapeHtml(value)])
      return fillTemplate(ready.html, Object.fromEntries(escaped))
    },
  }
}

/** Caches results while their course is in use; reloading a course discards them. */
function cached<T>(make: (request: TemplateRequest) => T): (email: EmailToCompose) => T {
  const caches = new WeakMap<Course, Map<string, T>>()
  return (email) => {
    const cache = caches.get(email.course) ?? new Map<string, T>()
    caches.set(email.course, cache)
    const request = templateRequestFor(email)
    const { kind, day, variant, discreet, short, help, view, own, replies } = request
    // A discreet email is the same for everyone; notices have no variants.
    const reader = discreet || EMAIL_KINDS[kind].source === null ? '' : `${variant.track}+${variant.overlays.join('+')}`
    const plan = discreet || request.plan === null ? '' : JSON.stringify(request.plan)
    const about = short ? 'short' : `${kind}/${day ?? request.checkIn?.week}/${reader}/${plan}`
    const key = `${about}/${discreet}/${help}/${view}/${own}/${replies}`
    const found = cache.get(key)
    if (found !== undefined) return found
    const made = make(request)
    cache.set(key, made)
    return made
  }
}

/**
 * Overlays in the course's order, without any it does not have, so that the cache has no more entries than the course
 * needs.
 */
function templateRequestFor({
  kind,
  course,
  day,
  checkIn,
  variant,
  plan,
  discreet,
  short,
  links,
  replyTo,
}: EmailToCompose): TemplateRequest {
  const track = course.tracks.find(({ name }) => name === variant.track)?.name ?? null
  const overlays = course.overlays.map(({ name }) => name).filter((name) => variant.overlays.includes(name))
  return {
    kind,
    course,
    day: EMAIL_KINDS[kind].source === 'lesson' || kind === 'reminder' ? day : null,
    checkIn: checkIn ?? null,
    variant: { track, overlays },
    plan: plan ?? null,
    discreet,
    short: short ?? false,
    help: links.help !== undefined,
    view: links.view !== undefined,
    own: links.own !== undefined,
    replies: replyTo !== undefined,
  }
}

/** Calculates the weekday and times only for emails that mention them, because calendars are slow. */
function personalValues(
  email: EmailToCompose,
  { next, words, placeholders }: Pick<PreparedEmail, 'next' | 'words'> & { readonly placeholders: ReadonlySet<string> },
): Record<string, string> {
  const name = oneLine(email.name)
  const { nextLessonAt, reminderHour, timeZone, date } = email
  const saysWhen = nextLessonAt !== null && (next !== null || placeholders.has('when'))
  const when = saysWhen ? formatWhen(words, nextLessonAt, timeZone, date) : ''
  return {
    name,
    ', name': name === '' ? '' : `, ${name}`,
    weekday: placeholders.has('weekday') ? formatWeekday(words, date, timeZone) : '',
    next: next === null ? '' : fillTemplate(nextSentence(next, email), { when }),
    when,
    time: reminderHour === undefined || !placeholders.has('time') ? '' : formatHour(words, reminderHour),
    openUrl: email.links.open,
    stopUrl: email.links.stop,
    helpUrl: email.links.help ?? '',
    viewUrl: email.links.view ?? '',
    daysUrl: email.links.own?.days ?? '',
    settingsUrl: email.links.own?.settings ?? '',
  }
}

function nextSentence(next: NextSentences, { nextLessonAt, isPaused }: EmailToCompose): TemplateText {
  if (nextLessonAt === null) return next.none
  return (isPaused ? next.paused : undefined) ?? next.some
}

/** Postmark reports metadata headers in its webhooks; without the second header it replaces the Message-ID. */
function relayHeaders({ postmark }: ComposerOptions, { deliveryTag }: EmailToCompose): Record<string, string> {
  if (!postmark || deliveryTag === undefined) return {}
  return { [`X-PM-Metadata-${POSTMARK_METADATA}`]: deliveryTag, 'X-PM-KeepID': 'true' }
}
