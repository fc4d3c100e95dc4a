type RandomBytes = (size: number) => Uint8Array

const BLOCK_BYTES = 4096
/** Room for a nonce. Keys are asked for one by one, so that none lies in memory before it is used. */
const LARGEST_BYTES = 16

/**
 * The same source, with small requests served from a block, because asking for twelve bytes costs almost as much as for
 * thousands. No byte is given out twice.
 */
export function poolRandomBytes(randomBytes: RandomBytes): RandomBytes {
  let block: Uint8Array = new Uint8Array(0)
  let used = 0
  return (size) => {
    if (size > LARGEST_BYTES) return randomBytes(size)
    if (used + size > block.length) {
      block = randomBytes(BLOCK_BYTES)
      used = 0
    }
    used += size
    return block.subarray(used - size, used)
  }
}
