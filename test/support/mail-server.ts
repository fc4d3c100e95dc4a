import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { waitFor } from './wait-for.ts'

/** A message as the server received it. This is the server's record, not the sender's. */
export interface Accepted {
  readonly from: string
  readonly to: string
  readonly raw: Buffer
  readonly mail: Email
}

export interface MailServer {
  readonly url: string
  readonly accepted: Accepted[]
  /** Emails to this address, once there are at least `count`. */
  waitForMail(to: string, count?: number): Promise<Accepted[]>
  close(): Promise<void>
}

/** A real SMTP server on loopback that accepts and keeps everything. */
export async function startMailServer(): Promise<MailServer> {
  const accepted: Accepted[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks)
        PostalMime.parse(raw).then((mail) => {
          const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
          accepted.push({ from, to: session.envelope.rcptTo[0]?.address ?? '', raw, mail })
          callback(null, 'accepted')
        }, callback)
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted,
    async waitForMail(to, count = 1) {
      const mine = () => accepted.filter((message) => message.to === to)
      await waitFor(
        () => mine().length >= count,
        () => `${count} mails to ${to}, have ${mine().length}`,
      )
      return mine()
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
