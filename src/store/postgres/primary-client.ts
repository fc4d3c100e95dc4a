import pg from 'pg'
import { postgresUrls } from '../../core/service-urls/database-url.ts'

/** A server that has not answered a question for this long is given up with its connection. Longer than its own limit. */
const SILENCE_MS = 35_000
/** Idle connections whose server has gone are noticed about ten seconds later. */
const KEEP_ALIVE_MS = 10_000
/** For each of several servers that is asked whether it accepts writes. */
const PROBE_MS = 2_000
/** SQLSTATE of a write on a standby. */
const READ_ONLY = '25006'

/** Options of connections that notice when their server has gone. */
export const LASTING = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS } as const

/**
 * A class of connections to the server that accepts writes: the one of the URL, or of several the first one that does, as with
 * `target_session_attrs=read-write` in libpq. A connection that turns out to be read-only is closed after the statement, so that
 * a pool replaces it. Losing a connection never ends the process: its statements fail.
 */
export function primaryClient(url: string): typeof pg.Client {
  const urls = postgresUrls(url)
  /** The server that accepted writes the last time, while nothing has failed there. */
  let primary: Promise<pg.Client> | null = null
  const forget = () => {
    primary = null
  }

  return class PrimaryClient extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, connectionString: urls[0] })
      // A pool listens only while nobody uses the connection, and unheard the event would end the process.
      this.on('error', forget)
      const { connection } = this as unknown as Internals
      connection.on('errorMessage', ({ code }) => {
        if (code !== READ_ONLY) return
        forget()
        this.end().catch(() => {})
      })
    }

    override connect(): Promise<pg.Client>
    override connect(callback: (error: Error | null) => void): void
    override connect(callback?: (error: Error | null) => void): unknown {
      const connected = this.#connectToPrimary()
      if (callback === undefined) return connected
      return void connected.then(() => callback(null), callback)
    }

    async #connectToPrimary(): Promise<pg.Client> {
      if (urls.length > 1) {
        primary ??= findPrimary(urls)
        try {
          const { host, port } = await primary
          Object.assign(this, { host, port })
        } catch (error) {
          forget()
          throw error
        }
      }
      try {
        await super.connect()
      } catch (error) {
        forget()
        throw error
      }
      this.#limitSilence()
      return this
    }

    /** The server ends a statement that takes too long; this is for one that cannot be reached and does not say so. */
    #limitSilence(): void {
      const internals = this as unknown as Internals
      const { stream } = internals.connection
      stream.setTimeout(SILENCE_MS, () => {
        if (!internals.readyForQuery)
          stream.destroy(Object.assign(new Error('PostgreSQL has stopped responding'), { code: 'ETIMEDOUT' }))
      })
    }
  }
}

/** What pg-pool and this module use of pg's client beyond its types. */
interface Internals {
  readonly readyForQuery: boolean
  readonly connection: {
    on(event: 'errorMessage', hear: (message: { readonly code?: string }) => void): void
    readonly stream: {
      setTimeout(ms: number, then: () => void): void
      destroy(error: Error): void
    }
  }
}

/** The first server in the order of the URL that accepts writes. All are asked at once, because some may not answer. */
async function findPrimary(urls: readonly string[]): Promise<pg.Client> {
  const answers = urls.map((url) => acceptsWrites(url))
  // Looked at in order below; one that fails meanwhile is no unhandled rejection.
  for (const answer of answers) answer.catch(() => {})
  let last: unknown = null
  for (const answer of answers) {
    try {
      const client = await answer
      if (client !== null) return client
    } catch (error) {
      last = error
    }
  }
  throw last ?? Object.assign(new Error('no server of DATABASE_URL accepts writes'), { code: READ_ONLY })
}

/** The client with the address it has used, closed; null if the server is a standby. */
async function acceptsWrites(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PROBE_MS, query_timeout: PROBE_MS })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only')
    return rows[0]?.transaction_read_only === 'off' ? client : null
  } finally {
    client.end().catch(() => {})
  }
}
