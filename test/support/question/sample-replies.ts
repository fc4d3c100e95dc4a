import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createTransport } from 'nodemailer'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const SELECTOR = 'mail'

export interface SampleReply {
  readonly from: string
  readonly to: string
  readonly text?: string
  readonly html?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly attachments?: readonly {
    readonly filename: string
    readonly content: string
    readonly contentType?: string
  }[]
  /** The domain that signs; null for none. By default that of `from`. */
  readonly signedBy?: string | null
  /** The key that signs; by default one that `dnsOfSigners` publishes. */
  readonly key?: KeyObject
  /** Body and content type as they are, instead of the text. */
  readonly body?: { readonly type: string; readonly content: string; readonly encoding?: string }
}

/** A reply as a mail client writes it and its provider signs it. */
export async function replyEmail({
  from,
  to,
  signedBy,
  key = privateKey,
  body,
  headers = {},
  ...parts
}: SampleReply): Promise<Buffer> {
  const domain = signedBy === undefined ? domainOf(from) : signedBy
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...(domain !== null && {
      dkim: {
        domainName: domain,
        keySelector: SELECTOR,
        privateKey: key.export({ type: 'pkcs8', format: 'pem' }) as string,
      },
    }),
  })
  if (body === undefined) {
    const attachments = [...(parts.attachments ?? [])]
    const mail = { from, to, subject: 'Re: Day 1', headers: { ...headers }, ...parts, attachments }
    const { message } = await transport.sendMail(mail)
    return message as Buffer
  }
  const fields = {
    From: from,
    To: to,
    Subject: 'Re: Day 1',
    'MIME-Version': '1.0',
    'Content-Type': body.type,
    ...(body.encoding !== undefined && { 'Content-Transfer-Encoding': body.encoding }),
    ...headers,
  }
  const header = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const { message } = await transport.sendMail({
    envelope: { from, to: [to] },
    raw: `${header.join('')}\r\n${body.content}`,
  })
  return message as Buffer
}

/** DNS in which these domains publish the key of `replyEmail` and nothing else. */
export function dnsOfSigners(...domains: readonly string[]) {
  return dnsWithKey(publicKey, ...domains)
}

export function dnsWithKey(key: KeyObject, ...domains: readonly string[]) {
  const record = `v=DKIM1; k=rsa; p=${key.export({ type: 'spki', format: 'der' }).toString('base64')}`
  return dnsWith(Object.fromEntries(domains.map((domain) => [`TXT ${SELECTOR}._domainkey.${domain}`, [[record]]])))
}

/** DNS with these records, by type and name, such as `TXT example.org`. */
export function dnsWith(records: Readonly<Record<string, unknown>>) {
  return async (name: string, type: string): Promise<unknown> => {
    const found = records[`${type} ${name}`]
    if (found === undefined) throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' })
    return found
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).replace(/>$/, '')
}
