import { createTransport } from 'nodemailer'

export interface DeliveryReport {
  readonly to: string
  readonly action?: string
  readonly status?: string
  readonly diagnostic?: string
  readonly messageId?: string
  readonly charset?: string
}

/** A delivery report (RFC 3464) in the form Postfix writes. */
export function deliveryReport(report: DeliveryReport): string {
  const { action = 'failed', status = '5.1.1', diagnostic = '550 5.1.1 No such user', charset = 'us-ascii' } = report
  return lines(
    'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
    `To: ${report.to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"',
    '',
    '--cut',
    `Content-Type: text/plain; charset=${charset}`,
    '',
    'This is the mail system at host mx.example.',
    '',
    '--cut',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; somebody@example.test',
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
    '--cut',
    'Content-Type: text/rfc822-headers',
    '',
    'Subject: a lesson',
    `Message-ID: <${report.messageId ?? 'another@mail.example'}>`,
    '',
    '--cut--',
  )
}

/** A complaint (RFC 5965). */
export function complaintReport(report: { type?: string; mailFrom?: string; messageId?: string }): string {
  return lines(
    'From: feedback@provider.example',
    'Subject: FW: a lesson',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="cut"',
    '',
    '--cut',
    'Content-Type: text/plain',
    '',
    'This is an abuse report.',
    '',
    '--cut',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${report.type ?? 'abuse'}`,
    'User-Agent: Provider/1.0',
    'Version: 1',
    ...(report.mailFrom ? [`Original-Mail-From: <${report.mailFrom}>`] : []),
    '',
    '--cut',
    'Content-Type: message/rfc822',
    '',
    `Message-ID: <${report.messageId ?? 'another@mail.example'}>`,
    'From: course@bootcamp.example',
    'Subject: a lesson',
    '',
    'text',
    '--cut--',
  )
}

/**
 * Delivers a message to a mail server on loopback as another server would. Resolves to the reply code, success or not.
 */
export async function deliverReport(port: number, to: string, raw: string | Buffer, from = ''): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  try {
    const info = await transport.sendMail({ envelope: { from, to: [to] }, raw })
    return Number(info.response.slice(0, 3))
  } catch (error) {
    const code = (error as { responseCode?: number }).responseCode
    if (code === undefined) throw error
    return code
  } finally {
    transport.close()
  }
}

function lines(...text: string[]): string {
  return `${text.join('\r\n')}\r\n`
}
