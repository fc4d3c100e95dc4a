import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { AppError } from '../core/errors.ts'

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

export interface Tls {
  /** Certificate and key, in PEM form. */
  readonly cert: string
  readonly key: string
  /** ms UTC. */
  readonly validUntil: number
  /** Whether the certificate is valid for this host name. */
  readonly isForReader: (host: string) => boolean
}

/**
 * Reads the certificate and key for STARTTLS. Fails with `misconfigured` if one cannot be read or they do not match.
 */
export async function readTlsFiles({ certFile, keyFile }: TlsFiles): Promise<Tls> {
  const [cert, key] = [await read('BOUNCE_TLS_CERT_FILE', certFile), await read('BOUNCE_TLS_KEY_FILE', keyFile)]
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(cert)
  } catch (cause) {
    throw misconfigured(`BOUNCE_TLS_CERT_FILE ${certFile} does not contain a certificate in PEM format.`, cause)
  }
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    throw misconfigured(
      `BOUNCE_TLS_KEY_FILE ${keyFile} is not the private key (PEM, without a password) of the certificate in BOUNCE_TLS_CERT_FILE.`,
      cause,
    )
  }
  return {
    cert,
    key,
    validUntil: Date.parse(certificate.validTo),
    isForReader: (host) => certificate.checkHost(host) !== undefined,
  }
}

function read(name: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw misconfigured(`${name} ${file} cannot be read: put the file there, readable for this user.`, cause)
  })
}

function misconfigured(message: string, cause: unknown): AppError {
  return new AppError('misconfigured', message, { cause })
}
