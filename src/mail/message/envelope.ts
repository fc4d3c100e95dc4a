/** What a person's copy has besides the values in its text. */
export interface Envelope {
  readonly to: string
  /** The Date header, ms UTC. */
  readonly date: number
  /** `left@right`. */
  readonly messageId: string
  readonly oneClickStop: string
  /** An address of ours; null: no mailto is promised. */
  readonly mailToStop: string | null
  /** Headers for the relay, which takes them off. */
  readonly relayHeaders: Readonly<Record<string, string>>
}
