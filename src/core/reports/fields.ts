import { z } from 'zod'
import { parseExactJson } from './json.ts'

/** Enough of a field to tell what happened: server replies are a few hundred characters long. */
const LONGEST_TEXT = 2_000
/** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2. */
const MAX_ADDRESS_LENGTH = 320

/**
 * A text field, cut to 2,000 characters; a number becomes its digits. A field that is missing, null or of another type
 * becomes '', so that the rest of the event can still be read when a provider adds or drops a field.
 */
export const textField = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => value.slice(0, LONGEST_TEXT))
  .catch('')

/** Text of any length, for requests whose size is limited as a whole; anything else is ''. */
export const longTextField = z.string().catch('')

/** An object with these fields; one that is missing, null or of another type is treated as empty. */
export function objectField<const Shape extends z.ZodRawShape>(shape: Shape) {
  const object = z.object(shape)
  return object.catch(() => object.parse({}))
}

/** A list of items of any type; one that is missing, null or of another type is empty. */
export const listField = z.array(z.unknown()).catch([])

/** An object with names and values of the sender's choice; anything else is empty. */
export const namesField = z.custom<Readonly<Record<string, unknown>>>(isRecord).catch({})

/** The only address in a list, as text; null if there is none, more than one, or one that is not an address. */
export function onlyAddress(given: readonly unknown[]): string | null {
  const [first] = given
  return given.length === 1 && typeof first === 'string' ? addressOf(first) : null
}

/** A bare address, or null; only its length and the @ are checked. */
export function addressOf(text: string): string | null {
  const address = text.trim()
  return address.length <= MAX_ADDRESS_LENGTH && address.includes('@') ? address : null
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the fields of an event with a schema that accepts any object; null if the text is not a JSON object. */
export function readFields<Fields>(schema: z.ZodType<Fields>, raw: string): Fields | null {
  return schema.safeParse(parseExactJson(raw)).data ?? null
}
