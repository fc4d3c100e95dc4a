import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'

const TIMEOUT_MS = 2_000

/**
 * Whether a server that did not accept TLS accepts a plain connection. Redis takes the first bytes of TLS for the beginning of
 * a command and never replies.
 */
export function answersWithoutTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host, port, timeout: TIMEOUT_MS })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => done(/^[+-]/.test(String(data))))
    for (const end of ['error', 'timeout', 'close']) socket.once(end, () => done(false))
  })
}

/** Whether a server that did not accept a plain connection accepts TLS. */
export function answersWithTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false, timeout: TIMEOUT_MS })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('secureConnect', () => done(true))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(/HANDSHAKE|CERTIFICATE_REQUIRED/i.test(error.code ?? '')),
    )
    socket.once('timeout', () => done(false))
    socket.once('close', () => done(false))
  })
}
