/** Sizes are rounded up to this, so that what one message leaves behind is of use to the next. */
const STEP_BYTES = 16 * 1024
/** As many as a busy worker has under way; what comes back beyond that is let go. */
const MAX_POOLED = 128

/**
 * Memory that messages take turns in. A message is tens of kilobytes and lives for some milliseconds: left to the garbage
 * collector, a thousand of them a second cost more than filling them, and stay for long after their time.
 */
export interface BufferPool {
  /** So many bytes, with anything in them. */
  take(bytes: number): Buffer
  /** Nobody reads or writes what `take` gave any more. What never comes back is left to the garbage collector. */
  recycle(message: Buffer): void
}

export function createBufferPool(): BufferPool {
  const free: ArrayBufferLike[] = []
  return {
    take(bytes) {
      const last = free.pop()
      // One that is too small is let go: messages have become longer.
      const memory = last !== undefined && last.byteLength >= bytes ? last : allocate(bytes)
      return Buffer.from(memory, 0, bytes)
    },
    recycle(message) {
      if (free.length < MAX_POOLED) free.push(message.buffer)
    },
  }
}

/** Not from Node's shared pool, of which every message would hold a slab. */
function allocate(bytes: number): ArrayBufferLike {
  return Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES).buffer
}
