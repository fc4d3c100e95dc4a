import type { Ports } from './ports.ts'
import { sessionHash } from './session-hash.ts'

/** Ends the session on the server: from then on its cookie shows nothing that was written. Repeated, it changes nothing. */
export async function endSession(ports: Ports, session: string): Promise<void> {
  await ports.store.sessions.end(sessionHash(session), ports.clock.now())
}
