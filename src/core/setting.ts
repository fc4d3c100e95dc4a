import type { z } from 'zod'

/** One setting of the service: everything that the parser, `.env.example` and the documents need to know about it. */
export interface Setting<Value = unknown> {
  /** Parses the text, which is trimmed and not empty. Its messages continue the name ("PORT is not a number."); none quotes the text. */
  readonly type: z.ZodType<Value, string>
  /** Parsed like any other text if the setting is unset. Without a default the value is null. */
  readonly default?: string
  /** One sentence: how to correct a wrong or missing value. */
  readonly fix: string
  /** What it is for, as Markdown, without a full stop. */
  readonly meaning: string
  /** What happens while it is unset, as Markdown; otherwise the documents show the default. */
  readonly unset?: string
  /** Its value in `.env.example`; otherwise that is the default, or nothing. */
  readonly example?: string
  /** Whether the value must be kept from others; the documents say so. */
  readonly secret?: true
}
