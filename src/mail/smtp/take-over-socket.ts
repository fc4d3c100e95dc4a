import { Socket } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

/**
 * Takes the open socket away from Nodemailer, which is left without anything to do. The one place that relies on
 * Nodemailer's private behaviour: `_socket`, and that a closed connection without it ignores every event on
 * the socket.
 * `take-over-socket.test.ts` fails when a new version differs.
 */
export function takeOverSocket(smtp: SMTPConnection): Socket {
  const socket = smtp._socket
  if (!(socket instanceof Socket))
    throw new Error(
      'This version of Nodemailer does not keep its socket in _socket: see src/mail/smtp/take-over-socket.ts',
    )
  smtp._socket = false
  smtp.close()
  socket.removeAllListeners('data')
  return socket
}
