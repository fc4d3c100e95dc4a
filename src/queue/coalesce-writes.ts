import type { Socket } from 'node:net'

/**
 * Combines everything written to the socket within one turn of the event loop into one write, in order, to save system
 * calls and packets. Adds no delay.
 */
export function coalesceWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...values: unknown[]) => boolean
  let isHeld = false

  function hold(): void {
    if (isHeld) return
    isHeld = true
    socket.cork()
    // Runs after all promises settled in this turn.
    process.nextTick(() => {
      isHeld = false
      socket.uncork()
    })
  }

  socket.write = (...values: unknown[]) => {
    hold()
    return write(...values)
  }
}
