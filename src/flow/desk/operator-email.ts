import { OPERATOR_EMAILS, type OperatorEmailKind } from '../../core/desk/operator-emails.ts'
import { SOURCE_LANGUAGE } from '../../core/language/languages.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'

export type OperatorEmailPorts = Pick<
  Ports,
  'clock' | 'locales' | 'log' | 'mailer' | 'operatorMail' | 'randomBytes'
> & {
  readonly settings: Pick<Ports['settings'], 'hostname' | 'deskUrl'>
}

const ID_BYTES = 12

/**
 * Sends an email to an operator at once, even while sending is paused. It is not retried; the operator can ask again.
 * Returns false if the relay did not accept it, which is logged. Never throws.
 */
export async function sendOperatorEmail(
  ports: OperatorEmailPorts,
  kind: OperatorEmailKind,
  to: string,
  values: Readonly<Record<string, string | number>>,
): Promise<boolean> {
  try {
    const words = ports.locales.wordsFor({ language: SOURCE_LANGUAGE })
    const { subject, body } = OPERATOR_EMAILS[kind]
    const say = (key: typeof subject | typeof body) => words.of({ ...phrase('desk.name'), key, values })
    const message = await ports.operatorMail.compose({
      to,
      subject: say(subject),
      body: say(body),
      date: ports.clock.now(),
      messageId: `${Buffer.from(ports.randomBytes(ID_BYTES)).toString('hex')}@${ports.settings.hostname}`,
    })
    const result = await ports.mailer.send(message, async () => true)
    message.release?.()
    if (result.kind === 'accepted') return true
    ports.log.error({ kind, result: result.kind }, 'an email to an operator could not be sent')
  } catch (error) {
    ports.log.error({ kind, error: String(error) }, 'an email to an operator could not be sent')
  }
  return false
}
