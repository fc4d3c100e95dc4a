import { Socket } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

/**
 * Takes the open socket away from Nodemailer, which then has nothing left to do. Only this function relies on
 * Nodemailer's private behaviour: the `_socket` property, and that a closed connection without it ignores every event
 * of the socket. `take-over-socket.test.ts` fails if a new version behaves differently.
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
