import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Simulates the distance to a real relay: everything it says arrives `delayMs` later. */
export async function startDelayedProxy(
  target: number,
  delayMs: number,
): Promise<{ port: number; open(): number; most(): number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  let open = 0
  let most = 0
  const server = createServer((near) => {
    open += 1
    most = Math.max(most, open)
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('close', () => {
      open -= 1
    })
    near.pipe(far)
    far.on('data', (chunk) => setTimeout(() => near.write(chunk), delayMs))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    open: () => open,
    most: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
