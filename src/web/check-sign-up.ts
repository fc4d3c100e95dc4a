import { z } from 'zod'
import type { Course } from '../core/course.ts'
import type { SignUpInput } from '../flow/views.ts'
import { checkEmail } from './check-email.ts'
import { isTimeZone } from './check-time-zone.ts'

/** The field a person never sees. Whoever fills it is a script. */
export const HONEYPOT = 'website'

const LONGEST_NAME = 40

/** What was typed, as text, to fill the form again. */
export interface SignUpDraft {
  readonly email: string
  readonly name: string
  readonly timeZone: string
  readonly hour: string
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
}

export type CheckedSignUp =
  | { readonly input: Omit<SignUpInput, 'start'> }
  /** Field name to sentence. */
  | { readonly faults: Readonly<Record<string, string>> }

/** A form sends text and leaves an empty tick box out; JSON sends the types themselves. */
const tick = z
  .union([z.boolean(), z.enum(['', 'on', '1', 'true', 'yes', 'off', '0', 'false', 'no'])])
  .transform((value) => value === true || (typeof value === 'string' && ['on', '1', 'true', 'yes'].includes(value)))

const list = z
  .union([z.string(), z.array(z.string()).max(20)])
  .transform((value) => (Array.isArray(value) ? value : [value]))

/** Made once: zod compiles a schema when it is first used, which costs more than checking with it. */
const schemas = new WeakMap<Course, ReturnType<typeof makeSchema>>()

function schemaFor(course: Course) {
  const known = schemas.get(course)
  if (known !== undefined) return known
  const schema = makeSchema(course)
  schemas.set(course, schema)
  return schema
}

function makeSchema(course: Course) {
  return z.object({
    email: z
      .string({ error: 'One email address, please.' })
      .max(1000, { error: 'This is too long for an email address (254 signs at most).', abort: true })
      .transform((typed, context) => {
        const checked = checkEmail(typed)
        if ('address' in checked) return checked.address
        context.addIssue({ code: 'custom', message: checked.say })
        return z.NEVER
      }),
    name: z
      .string({ error: 'A first name is text.' })
      .max(LONGEST_NAME, { error: `A first name of ${LONGEST_NAME} letters at most, please.`, abort: true })
      // The name is printed in a mail to an address nobody has confirmed yet: it must not carry a stranger's message.
      .refine((name) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>@/\\{}[\]|=;:"#*_`~^]|\bwww\b|\.\w/u.test(name), {
        error: 'Only a first name, please, without signs or links.',
      })
      .transform((name) => name.trim())
      .default(''),
    timeZone: z
      .string({ error: 'Please choose a time zone from the list.' })
      .refine((zone) => zone === '' || isTimeZone(zone), {
        error: 'We do not know this time zone. Please choose one from the list.',
      })
      .transform((zone) => zone || 'UTC')
      .default('UTC'),
    hour: z
      .union([z.int(), z.string().regex(/^(\d{1,2})?$/)], { error: 'Please choose an hour from 0 to 23.' })
      .transform((hour) => (hour === '' ? course.defaultHour : Number(hour)))
      .refine((hour) => hour >= 0 && hour <= 23, { error: 'Please choose an hour from 0 to 23.' })
      .default(course.defaultHour),
    discreet: tick.default(false),
    webOnly: tick.default(false),
    shortEmails: tick.default(false),
    track: z
      .string()
      .nullable()
      .transform((track) => track || null)
      .refine((track) => track === null || course.tracks.some(({ name }) => name === track), {
        error: 'This course has no such track.',
      })
      .default(null),
    overlays: list
      .transform((names) => [...new Set(names.filter((name) => name !== ''))])
      .refine((names) => names.every((name) => course.overlays.some((overlay) => overlay.name === name)), {
        error: 'This course has no such overlay.',
      })
      .default([]),
  })
}

/** Reads a form or JSON body: what to hand to the flow, or every fault with its field. */
export function checkSignUp(course: Course, body: unknown): CheckedSignUp {
  const result = schemaFor(course).safeParse(body)
  if (result.success) return { input: { course: course.name, ...result.data } }
  const faults: Record<string, string> = {}
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? 'email')
    faults[field] ??= issue.message
  }
  if (faults.email === undefined && !isRecord(body)) faults.email = 'Please type your email address.'
  return { faults }
}

/** What was typed, cut to a sane length, so that the form can show it again. */
export function draftOf(body: unknown): SignUpDraft {
  const fields = isRecord(body) ? body : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name].slice(0, 300) : '')
  return {
    email: text('email'),
    name: text('name'),
    timeZone: text('timeZone'),
    hour: typeof fields.hour === 'number' ? String(fields.hour) : text('hour'),
    discreet: Boolean(fields.discreet),
    webOnly: Boolean(fields.webOnly),
    shortEmails: Boolean(fields.shortEmails),
  }
}

function isRecord(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}
