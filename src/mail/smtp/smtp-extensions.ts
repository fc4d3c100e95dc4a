/** The announced extensions that affect a transaction. */
export interface Extensions {
  /** RFC 2920: commands may follow one another without waiting for the replies. */
  readonly pipelining: boolean
  /** RFC 6531. */
  readonly smtpUtf8: boolean
  /** RFC 1870: the size of a message may be announced. */
  readonly size: boolean
  /** The largest message the server accepts, bytes; 0 if it does not say. */
  readonly maxSize: number
}

/** Reads the reply to EHLO (RFC 5321, section 4.1.1.1). A reply to HELO announces no extensions. */
export function readExtensions(reply: string): Extensions {
  const [, ...lines] = reply.split('\n')
  const announced = new Map<string, string>()
  for (const line of lines) {
    const [keyword = '', ...values] = line.slice(4).trim().split(/\s+/)
    announced.set(keyword.toUpperCase(), values.join(' '))
  }
  return {
    pipelining: announced.has('PIPELINING'),
    smtpUtf8: announced.has('SMTPUTF8'),
    size: announced.has('SIZE'),
    maxSize: sizeIn(announced.get('SIZE') ?? ''),
  }
}

/** RFC 1870 section 4: up to twenty digits. Anything else is ignored. */
function sizeIn(value: string): number {
  return /^\d{1,20}$/.test(value) ? Number(value) : 0
}
