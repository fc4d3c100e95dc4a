import { type BodyTemplate, makeBody } from './body-template.ts'
import { isAddress, refuse } from './check-message.ts'
import type { SignedName } from './dkim.ts'
import { field, foldedField, type HeaderField, mailboxField, textField } from './header-field.ts'
import { oneLine } from './one-line.ts'
import type { PreparedEmail } from './prepare-email.ts'
import type { TemplateText } from './template-text.ts'

/** A whole message with everything that is the same for everyone already encoded. */
export interface MessageTemplate {
  readonly fields: Readonly<Record<Exclude<SignedName, PersonalName>, HeaderField>>
  readonly subject: TemplateText
  readonly body: BodyTemplate
}

/** The header fields that differ from one copy to the next. */
export type PersonalName = 'to' | 'reply-to' | 'subject' | 'message-id' | 'date' | 'list-unsubscribe'

export interface Sender {
  /** The address in the From field. */
  readonly address: string
  /** Ends the List-Id. */
  readonly host: string
}

/** Fails with `misconfigured` unless the sender is a single plain address. */
export function makeTemplate(mail: PreparedEmail, { address, host }: Sender): MessageTemplate {
  if (!isAddress(address)) throw refuse('The sender is not one plain address: correct MAIL_FROM.')
  const body = makeBody(mail.text, mail.html)
  return {
    subject: mail.subject,
    body,
    fields: {
      'list-id': field('List-ID', listId(mail, host)),
      // RFC 8058 section 3.1 prescribes exactly this value.
      'list-unsubscribe-post': field('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
      'feedback-id': field('Feedback-ID', `${mail.campaign}:mail:${senderId(host)}`),
      // RFC 3834 section 5.
      'auto-submitted': field('Auto-Submitted', 'auto-generated'),
      'content-language': textField('Content-Language', mail.language),
      from: mailboxField('From', { name: oneLine(mail.sender), address }),
      'mime-version': field('MIME-Version', '1.0'),
      'content-type': foldedField('Content-Type', `multipart/alternative; boundary="${body.boundary}"`),
    },
  }
}

/** RFC 2919: an identifier under this service's domain. */
function listId({ listName, listLabel }: PreparedEmail, host: string): string {
  const name = oneLine(listName)
  // Non-Latin names would need encoding that some list filters do not decode, so only the identifier is sent.
  return /^[\w .'-]+$/.test(name) ? `"${name}" <${listLabel}.${host}>` : `<${listLabel}.${host}>`
}

/** Gmail's Feedback-ID ends with 5 to 15 characters that stay the same for a sender. */
function senderId(host: string): string {
  return host
    .replace(/[^a-z0-9]/g, '')
    .slice(-15)
    .padEnd(5, '0')
}
