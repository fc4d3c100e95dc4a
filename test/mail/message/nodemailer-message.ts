import MailComposer from 'nodemailer/lib/mail-composer'
import { formatHour, formatWeekday, formatWhen } from '../../../src/core/delivery/local-time.ts'
import { wrapLines } from '../../../src/core/text/wrap-text.ts'
import type { EmailToCompose } from '../../../src/flow/ports/ports.ts'
import type { ComposerOptions } from '../../../src/mail/message/composer.ts'
import type { NextSentences } from '../../../src/mail/message/email-parts.ts'
import { oneLine } from '../../../src/mail/message/one-line.ts'
import { prepareEmail } from '../../../src/mail/message/prepare-email.ts'
import { fillTemplate } from '../../../src/mail/message/template-text.ts'

/** What Nodemailer's own composer makes of the same mail. `html` is the mail as the composer under test shows it. */
export async function nodemailerMessage(mail: EmailToCompose, html: string, options: ComposerOptions): Promise<Buffer> {
  const { kind, course, day, checkIn, variant, plan, discreet, short, links, date, timeZone, nextLessonAt } = mail
  const shown = {
    kind,
    course,
    day: kind === 'lesson' || kind === 'resend' || kind === 'reminder' ? day : null,
    variant,
    discreet,
    short: short ?? false,
  }
  const ready = prepareEmail(
    {
      ...shown,
      checkIn: checkIn ?? null,
      plan: plan ?? null,
      help: links.help !== undefined,
      view: links.view !== undefined,
      own: links.own !== undefined,
      replies: mail.replyTo !== undefined,
    },
    options,
  )
  const name = oneLine(mail.name)
  const when = nextLessonAt === null ? '' : formatWhen(ready.words, nextLessonAt, timeZone, date)
  const nextSentence = ({ none, some, paused }: NextSentences) =>
    nextLessonAt === null ? none : mail.isPaused && paused !== undefined ? paused : some
  const values = {
    name,
    ', name': name === '' ? '' : `, ${name}`,
    weekday: formatWeekday(ready.words, date, timeZone),
    next: ready.next === null ? '' : fillTemplate(nextSentence(ready.next), { when }),
    when,
    time: formatHour(ready.words, mail.reminderHour ?? 0),
    openUrl: links.open,
    stopUrl: links.stop,
    helpUrl: links.help ?? '',
    viewUrl: links.view ?? '',
    daysUrl: links.own?.days ?? '',
    settingsUrl: links.own?.settings ?? '',
  }
  const host = options.hostname
  const listName = oneLine(ready.listName)
  const listId = `<${ready.listLabel}.${host}>`
  const sender = host.replace(/[^a-z0-9]/g, '').slice(-15)
  const stops = [`<${links.oneClickStop}>`, ...(links.mailToStop ? [`<mailto:${links.mailToStop}?subject=stop>`] : [])]
  const relay =
    options.postmark && mail.deliveryTag ? { 'X-PM-Metadata-delivery': mail.deliveryTag, 'X-PM-KeepID': 'true' } : {}
  return new MailComposer({
    from: { name: oneLine(ready.sender), address: options.from.address },
    to: { name: '', address: mail.to },
    subject: oneLine(fillTemplate(ready.subject, values)),
    date: new Date(date),
    messageId: `<${mail.messageId}>`,
    headers: {
      'List-Id': { prepared: true, value: /^[\w .'-]+$/.test(listName) ? `"${listName}" ${listId}` : listId },
      ...relay,
      'List-Unsubscribe': { prepared: true, value: stops.join(', ') },
      'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
      'Feedback-ID': { prepared: true, value: `${ready.campaign}:mail:${sender.padEnd(5, '0')}` },
      'Auto-Submitted': 'auto-generated',
      'Content-Language': course.language,
    },
    text: wrapLines(fillTemplate(ready.text, values)),
    html,
    encoding: 'quoted-printable',
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}
