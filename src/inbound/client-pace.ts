import type { Socket } from 'node:net'

/** How slow a client may be; times in ms. */
export interface PaceLimits {
  /** From one step of a transaction to the next: greeting, sender, recipient, message. RFC 5321 section 4.5.3.2 has clients wait, not servers. */
  readonly step: number
  /** A message may take this long before its pace counts. */
  readonly grace: number
  /** Bytes a second, on average, of a message after that. */
  readonly bytesPerSecond: number
  readonly message: number
  /** A connection, whatever is done in it. */
  readonly connection: number
  /** Bytes between two steps: commands are short. */
  readonly commandBytes: number
}

/** What one client has done so far; instants are those of performance.now(). */
export class ClientPace {
  readonly #socket: Socket
  readonly #since = performance.now()
  #step = this.#since
  #bytesAtStep = 0
  #isInMessage = false
  /** While the client waits for an answer, it is not the client who is slow. */
  #isWaiting = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** From the first byte of a message to its answer. */
  get isInMessage(): boolean {
    return this.#isInMessage
  }

  /** A command that brings the transaction on was taken. */
  commandReceived(): void {
    this.#restart(false)
  }

  messageStarted(): void {
    this.#restart(true)
  }

  /** The message is in; an answer is on its way. */
  messageEnded(): void {
    this.#isWaiting = true
  }

  messageAnswered(): void {
    this.#isWaiting = false
    this.#restart(false)
  }

  isTooSlow(limits: PaceLimits, now: number): boolean {
    if (this.#isWaiting) return false
    if (now - this.#since > limits.connection) return true
    const elapsed = now - this.#step
    const bytes = this.#socket.bytesRead - this.#bytesAtStep
    if (!this.#isInMessage) return elapsed > limits.step || bytes > limits.commandBytes
    if (elapsed > limits.message) return true
    const counted = elapsed - limits.grace
    return counted > 0 && bytes < (counted / 1000) * limits.bytesPerSecond
  }

  #restart(isInMessage: boolean): void {
    this.#step = performance.now()
    this.#bytesAtStep = this.#socket.bytesRead
    this.#isInMessage = isInMessage
  }
}
