import { once } from 'node:events'
import type { Server } from 'node:http'
import { AppError } from '../../core/errors.ts'

/** Starts listening. `setting` names the port; fails with `misconfigured` and the fix if it cannot be opened. */
export async function listenOn(server: Server, at: { port: number; host?: string; setting: string }): Promise<void> {
  const { port, host, setting } = at
  server.listen({ port, ...(host !== undefined && { host }) })
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new AppError(
        'misconfigured',
        `Port ${port} is in use. Stop what uses it, or choose another: ${setting}=${port + 1} npm start`,
      )
    if (code === 'EADDRNOTAVAIL')
      throw new AppError(
        'misconfigured',
        `${setting} names an address that this machine does not have. Choose one of its own.`,
      )
    if (code === 'EACCES')
      throw new AppError(
        'misconfigured',
        `Port ${port} cannot be opened by this user. Choose one above 1023: ${setting}=3000 npm start`,
      )
    throw error
  }
}

/** Answers what has been asked, takes nothing new, and lets no idle connection hold the process. */
export async function stopListening(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const forceClose = setTimeout(() => server.closeAllConnections(), 10_000)
  await closed
  clearTimeout(forceClose)
}
