import type { z } from 'zod'

/** One setting of the service: everything the parser, `.env.example` and the docs need to know about it. */
export interface Setting<Value = unknown> {
  /**
   * Parses the text, which is trimmed and not empty. Its messages continue the name ("PORT is not a number.") and never
   * quote the text.
   */
  readonly type: z.ZodType<Value, string>
  /** Parsed like any other text if the setting is unset. Without a default the value is null. */
  readonly default?: string
  /** One sentence: how to correct a wrong or missing value. */
  readonly fix: string
  /** What the setting is for, as Markdown, without a full stop. */
  readonly meaning: string
  /** What happens if it is not set, as Markdown. If left out, the docs show the default. */
  readonly unset?: string
  /** Its value in `.env.example`, which otherwise shows the default or nothing. */
  readonly example?: string
  /** Whether the value is confidential; the docs say so. */
  readonly secret?: true
}
