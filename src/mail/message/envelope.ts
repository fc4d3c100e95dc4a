/** The parts of a person's copy other than the values in its text. */
export interface Envelope {
  readonly to: string
  /** Where replies go; null if there is no Reply-To. */
  readonly replyTo: string | null
  /** The Date header, ms UTC. */
  readonly date: number
  /** `left@right`. */
  readonly messageId: string
  readonly oneClickStop: string
  /** An address of this service; null if no mailto is offered. */
  readonly mailToStop: string | null
  /** Headers for the relay, which strips them. */
  readonly relayHeaders: Readonly<Record<string, string>>
}
