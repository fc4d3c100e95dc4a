import { isSnsAddress } from '../core/reports/sns.ts'

const TIMEOUT_MS = 5_000
const MAX_BYTES = 64 * 1024
const CACHE_MS = 86_400_000
const MAX_CACHED = 20

/**
 * Creates a fetch that accepts only SNS addresses over https, without redirects. Certificates are cached for a day; a
 * new certificate has a new address. Rejects for another host, a status other than 200, a timeout, or a response over
 * 64 KB.
 */
export function createSnsFetch(now: () => number): (address: string) => Promise<string> {
  const kept = new Map<string, { text: string; at: number }>()
  return async (address) => {
    if (!isSnsAddress(address)) throw new TypeError('This is not an SNS URL.')
    const known = kept.get(address)
    if (known !== undefined && now() - known.at < CACHE_MS) return known.text
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.status !== 200) throw new Error(`SNS answered with ${response.status}.`)
    const text = await readLimited(response)
    if (new URL(address).pathname.endsWith('.pem')) {
      if (kept.size >= MAX_CACHED) kept.clear()
      kept.set(address, { text, at: now() })
    }
    return text
  }
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error('The response is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
