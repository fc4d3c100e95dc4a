import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Which statement ends its connection, and whether the server still runs it. */
export interface Cut {
  /** Counted from 1 over all connections. */
  readonly at: number
  /** `before`: the statement never arrives. `after`: it is run, and its answer is lost. */
  readonly when: 'before' | 'after'
}

export interface PostgresProxy {
  readonly port: number
  /** Counts the statements from here on, and cuts one of them; null: counts only. */
  arm(cut: Cut | null): void
  /** Statements since `arm`. */
  readonly statements: () => number
  /** Whether the connection was cut since `arm`. */
  readonly hasCut: () => boolean
  /** Passes nothing on, in either direction, and closes nothing: a network that is gone. */
  isolate(): void
  /** Passes on again what is sent from now on; connections from before stay dead. */
  reconnect(): void
  close(): Promise<void>
}

/** Messages of a client that ask for an answer: Query and Sync (PostgreSQL protocol 3.0). */
const ASKS = new Set(['Q', 'S'])
const READY_FOR_QUERY = 'Z'

/** Stands between the service and the socket of a PostgreSQL server, and knows its protocol well enough to count statements. */
export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const sockets = new Set<Socket>()
  let cut: Cut | null = null
  let statements = 0
  let hasCut = false
  let isolated = false

  const server = createServer((near) => {
    const far = connect(target)
    /** Nothing passes for good. */
    let isDead = isolated
    let swallowsAnswer = false
    const both = [near, far]
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        if (!isDead) for (const one of both) one.destroy()
      })
    }
    const end = () => {
      hasCut = true
      for (const one of both) one.destroy()
    }
    // The first message of a client has no type.
    const fromClient = createReader(true, (type, bytes) => {
      if (type !== null && ASKS.has(type)) {
        statements += 1
        if (cut !== null && statements === cut.at) {
          if (cut.when === 'before') return end()
          swallowsAnswer = true
        }
      }
      far.write(bytes)
    })
    const fromServer = createReader(false, (type, bytes) => {
      if (!swallowsAnswer) return void near.write(bytes)
      if (type === READY_FOR_QUERY) end()
    })
    const pass = (read: (chunk: Buffer) => void) => (chunk: Buffer) => {
      isDead ||= isolated
      if (!isDead) read(chunk)
    }
    near.on('data', pass(fromClient))
    far.on('data', pass(fromServer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    arm(next) {
      cut = next
      statements = 0
      hasCut = false
    },
    statements: () => statements,
    hasCut: () => hasCut,
    isolate() {
      isolated = true
    },
    reconnect() {
      isolated = false
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Splits a stream into messages: a type of one byte, and a length that counts itself. */
function createReader(beginsUntyped: boolean, take: (type: string | null, bytes: Buffer) => void) {
  let pending = Buffer.alloc(0)
  let isTyped = !beginsUntyped
  return (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const head = isTyped ? 1 : 0
      if (pending.length < head + 4) return
      const length = head + pending.readUInt32BE(head)
      if (pending.length < length) return
      const bytes = pending.subarray(0, length)
      pending = pending.subarray(length)
      const type = isTyped ? String.fromCharCode(bytes[0] as number) : null
      isTyped = true
      take(type, bytes)
    }
  }
}
