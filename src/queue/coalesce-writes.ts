import type { Socket } from 'node:net'

/**
 * From now on everything that one turn of the event loop writes to the socket leaves in one go, in order: what a call to the
 * system costs, and a packet, is shared by all of it. Nothing waits for input or time.
 */
export function coalesceWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...values: unknown[]) => boolean
  let isHeld = false

  function hold(): void {
    if (isHeld) return
    isHeld = true
    socket.cork()
    // After every promise that this turn settles.
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
