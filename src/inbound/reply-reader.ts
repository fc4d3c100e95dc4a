import { fileURLToPath } from 'node:url'
import type { ReadReply, ReplyToRead } from '../flow/ports/reply-ports.ts'
import { createThreadReader, type ThreadOptions, type ThreadReader } from './thread-reader.ts'

export type ReplyReader = ThreadReader<ReplyToRead, ReadReply>

/** Looks up records; rejects with a `code` of node:dns, such as ENOTFOUND. */
export type ResolveDns = (name: string, type: string) => Promise<unknown>

export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

/** What SPF and DKIM ask for. */
const TYPES = ['A', 'AAAA', 'MX', 'PTR', 'TXT', 'CNAME']
/** RFC 1035 section 2.3.4. */
const MAX_NAME = 253
/** SPF needs up to 30 (RFC 7208 section 4.6.4), DKIM one for each signature, DMARC a few. */
const MAX_LOOKUPS = 60
/** Longer than the record of an RSA key of 4,096 bits with everything else that a domain publishes beside it. */
const MAX_ANSWER = 32 * 1024
const LOOKUP_MS = 5_000

const OPTIONS: ThreadOptions = {
  thread: fileURLToPath(new URL('./reply-thread.ts', import.meta.url)),
  // Most of it waits for DNS.
  deadlineMs: 20_000,
  // A reply has at most 2 MB, in several forms at once.
  maxHeapMb: 128,
}

/**
 * Reads replies in a worker thread of their own, so that a hostile one cannot block or crash the service, and one that
 * waits for DNS holds up no report. The thread asks this process for DNS records: at most 60 for a message, of 32 KB
 * each, within 5 seconds.
 */
export function createReplyReader(resolve: ResolveDns, options: Partial<ThreadOptions> = {}): ReplyReader {
  return createThreadReader({
    ...OPTIONS,
    ...options,
    answering: () => {
      let lookups = 0
      return async (question) => {
        const { name, type } = question as DnsQuestion
        if (!TYPES.includes(type) || name.length > MAX_NAME || ++lookups > MAX_LOOKUPS) throw dnsError('EBADQUERY')
        const answer = await within(LOOKUP_MS, resolve(name, type))
        if (JSON.stringify(answer).length > MAX_ANSWER) throw dnsError('EBADRESP')
        return answer
      }
    },
  })
}

function dnsError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(dnsError('ETIMEOUT')), ms)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
