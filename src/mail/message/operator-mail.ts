import { hash } from 'node:crypto'
import type { OperatorMail } from '../../flow/ports/ports.ts'
import { isAddress, refuse } from './check-message.ts'
import { createSigner, type DkimKey, type SignedName } from './dkim.ts'
import { ABSENT, field, type HeaderField, mailboxField, textField } from './header-field.ts'
import { oneLine } from './one-line.ts'
import { encodeText } from './quoted-printable.ts'

export interface OperatorMailOptions {
  readonly from: { readonly name: string; readonly address: string }
  readonly dkim?: DkimKey | readonly DkimKey[] | null
}

/** Composes emails to operators: plain text, signed as every other email, without the fields of a mailing list. */
export function createOperatorMail({ from, dkim }: OperatorMailOptions): OperatorMail {
  const signers = [dkim ?? []].flat().map(createSigner)
  return {
    async compose({ to, subject, body, date, messageId }) {
      if (!isAddress(to)) throw refuse('The recipient is not a single valid address.')
      const fields: Record<SignedName, HeaderField> = {
        'list-id': ABSENT,
        'reply-to': ABSENT,
        'list-unsubscribe': ABSENT,
        'list-unsubscribe-post': ABSENT,
        'feedback-id': ABSENT,
        'auto-submitted': field('Auto-Submitted', 'auto-generated'),
        'content-language': field('Content-Language', 'en'),
        from: mailboxField('From', { name: oneLine(from.name), address: from.address }),
        to: mailboxField('To', { name: '', address: to }),
        subject: textField('Subject', oneLine(subject)),
        'message-id': field('Message-ID', `<${messageId}>`),
        date: field('Date', new Date(date).toUTCString().replace('GMT', '+0000')),
        'mime-version': field('MIME-Version', '1.0'),
        'content-type': field('Content-Type', 'text/plain; charset=utf-8'),
      }
      const text = encodeText(`${body}\n`)
      const bodyHash = hash('sha256', text, 'base64')
      const signatures = await Promise.all(signers.map((signer) => signer.sign(fields, bodyHash, date)))
      const head = Object.values(fields).map(({ written }) => written)
      const encoding = 'Content-Transfer-Encoding: quoted-printable\r\n'
      const raw = Buffer.from([...signatures.reverse(), ...head, encoding, '\r\n', text].join(''))
      return { from: from.address, to, raw, dotFree: true }
    },
  }
}
