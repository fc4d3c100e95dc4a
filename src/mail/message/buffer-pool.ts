/** Sizes are rounded up to this, so that the buffer of one message fits the next. */
const STEP_BYTES = 16 * 1024
/** Enough for what a busy worker has in flight; further buffers are released. */
const MAX_POOLED = 128

/**
 * Reusable memory for messages. A message takes tens of kilobytes and lives for a few milliseconds. At a thousand a
 * second, garbage collection would cost more than filling the buffers and would free them late.
 */
export interface BufferPool {
  /** A buffer of this many bytes; its content is not cleared. */
  take(bytes: number): Buffer
  /** Returns a buffer from `take` that is no longer in use. Buffers never returned are garbage-collected. */
  recycle(message: Buffer): void
}

export function createBufferPool(): BufferPool {
  const free: ArrayBufferLike[] = []
  return {
    take(bytes) {
      const last = free.pop()
      // A buffer that is too small is dropped, because messages have become longer.
      const memory = last !== undefined && last.byteLength >= bytes ? last : allocate(bytes)
      return Buffer.from(memory, 0, bytes)
    },
    recycle(message) {
      if (free.length < MAX_POOLED) free.push(message.buffer)
    },
  }
}

/** Not from Node's shared pool, of which every message would keep a slab alive. */
function allocate(bytes: number): ArrayBufferLike {
  return Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES).buffer
}
