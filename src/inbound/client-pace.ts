import type { Socket } from 'node:net'

/** How slow a client may be, in ms. */
export interface PaceLimits {
  /**
   * Between two steps of a transaction (greeting, sender, recipient, message). RFC 5321 section 4.5.3.2 sets timeouts
   * for clients, not servers.
   */
  readonly step: number
  /** Time before the minimum rate of a message applies. */
  readonly grace: number
  /** Minimum average rate of a message, bytes per second. */
  readonly bytesPerSecond: number
  readonly message: number
  /** Maximum duration of a connection. */
  readonly connection: number
  /** Maximum bytes between two steps: commands are short. */
  readonly commandBytes: number
}

/** Measures one client's progress; times are from performance.now(). */
export class ClientPace {
  readonly #socket: Socket
  readonly #since = performance.now()
  #step = this.#since
  #bytesAtStep = 0
  #isInMessage = false
  /** Whether the client is waiting for our reply: that time does not count against it. */
  #isWaiting = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** True from the first byte of a message to the reply. */
  get isInMessage(): boolean {
    return this.#isInMessage
  }

  /** A command that advances the transaction was accepted. */
  commandReceived(): void {
    this.#restart(false)
  }

  messageStarted(): void {
    this.#restart(true)
  }

  /** The message is complete; the reply is pending. */
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
