import { createHmac } from 'node:crypto'
import { secretKey } from './secret-key.ts'

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export function mac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac('sha256', secretKey(key)).update(data).digest()
}
