import { z } from 'zod'
import type { Course } from '../../core/course/course.ts'
import { checkFirstName } from '../../core/course/first-name.ts'
import { DEFAULT_PACE, PACES } from '../../core/pace.ts'
import { likelyDomain } from '../../core/sign-up/likely-domain.ts'
import { type MessageKey, type Phrase, phrase } from '../../core/words.ts'
import type { SignUpInput } from '../../flow/views.ts'
import { checkEmail } from './check-email.ts'
import { isTimeZone, timeZoneProblem } from './check-time-zone.ts'

/** A field that people cannot see, so only scripts fill it in. */
export const HONEYPOT = 'website'

/** What was typed, as text, for showing the form again. */
export interface SignUpDraft {
  readonly email: string
  readonly name: string
  readonly timeZone: string
  readonly hour: string
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
  /** The chosen track; '' for none. */
  readonly track: string
  /** '' for the first language of the course. */
  readonly language: string
  readonly pace: string
}

export type CheckedSignUp = { readonly input: Omit<SignUpInput, 'start'> } | RefusedSignUp

export interface RefusedSignUp {
  /** Field name to what is wrong. */
  readonly faults: Readonly<Record<string, Phrase>>
  /** The address that was probably meant, if the domain looks mistyped. Null: no suggestion. */
  readonly suggestion: string | null
}

/** The page's form always includes a time zone; for programs that omit it, the default is UTC. */
export type SignUpSource = 'form' | 'json'

/** The name of a message: zod's messages are strings, and `phraseOf` reads it from there. */
function key(name: MessageKey): string {
  return name
}

function report(context: z.RefinementCtx, { key: message, values }: Phrase): void {
  context.addIssue({ code: 'custom', message, params: values })
}

function phraseOf(issue: z.core.$ZodIssue): Phrase {
  const values = issue.code === 'custom' ? issue.params : undefined
  // Of a rule without a message of its own, zod's is an English sentence.
  if (!/^sign-up\.[a-z-]+$/.test(issue.message)) return phrase('errors.check-form')
  return { key: issue.message as MessageKey, values: (values ?? {}) as Phrase['values'] }
}

/** Forms send text and omit unticked checkboxes; JSON has real types. */
const tick = z
  .union([z.boolean(), z.enum(['', 'on', '1', 'true', 'yes', 'off', '0', 'false', 'no'])], {
    error: key('sign-up.true-or-false'),
  })
  .transform((value) => value === true || (typeof value === 'string' && ['on', '1', 'true', 'yes'].includes(value)))

const list = z
  .union([z.string(), z.array(z.string()).max(20, { error: key('sign-up.choose-among') })], {
    error: key('sign-up.choose-among'),
  })
  .transform((value) => (Array.isArray(value) ? value : [value]))

/** Cached: zod compiles a schema on first use, which costs more than validating with it. */
const schemas: Readonly<Record<SignUpSource, WeakMap<Course, ReturnType<typeof makeSchema>>>> = {
  form: new WeakMap(),
  json: new WeakMap(),
}

function schemaFor(course: Course, source: SignUpSource) {
  const known = schemas[source].get(course)
  if (known !== undefined) return known
  const schema = makeSchema(course, source)
  schemas[source].set(course, schema)
  return schema
}

const CHOOSE_TIME_ZONE = key('sign-up.zone-missing')

function makeSchema(course: Course, source: SignUpSource) {
  const zone = z
    .string({ error: CHOOSE_TIME_ZONE })
    .refine((name) => name !== '', { error: CHOOSE_TIME_ZONE, abort: true })
    .superRefine((name, context) => {
      if (!isTimeZone(name)) report(context, timeZoneProblem(name))
    })
  return z.object({
    email: z.string({ error: key('sign-up.email-not-text') }).transform((typed, context) => {
      const checked = checkEmail(typed)
      if ('address' in checked) return checked.address
      report(context, checked.say)
      return z.NEVER
    }),
    name: z
      .string({ error: key('sign-up.name-not-text') })
      .transform((typed, context) => {
        const checked = checkFirstName(typed)
        if ('name' in checked) return checked.name
        report(context, checked.say)
        return z.NEVER
      })
      .default(''),
    timeZone: source === 'form' ? zone : zone.default('UTC'),
    hour: z
      .union(
        [z.int({ error: key('sign-up.hour') }), z.string().regex(/^(\d{1,2})?$/, { error: key('sign-up.hour') })],
        {
          error: key('sign-up.hour'),
        },
      )
      .transform((hour) => (hour === '' ? course.defaultHour : Number(hour)))
      .refine((hour) => hour >= 0 && hour <= 23, { error: key('sign-up.hour') })
      .default(course.defaultHour),
    discreet: tick.default(false),
    webOnly: tick.default(false),
    shortEmails: tick.default(false),
    track: z
      .string({ error: key('sign-up.no-track') })
      .nullable()
      .transform((track) => track || null)
      .refine((track) => track === null || course.tracks.some(({ name }) => name === track), {
        error: key('sign-up.no-track'),
      })
      .default(null),
    language: z
      .string({ error: key('sign-up.no-language') })
      .nullable()
      .transform((language) => languageIn(course, language || null))
      .refine((language) => language !== undefined, { error: key('sign-up.no-language') })
      .transform((language) => language ?? null)
      .default(null),
    pace: z
      .enum(['', ...PACES], { error: key('sign-up.choose-one') })
      .transform((pace) => pace || DEFAULT_PACE)
      .default(DEFAULT_PACE),
    overlays: list
      .transform((names) => [...new Set(names.filter((name) => name !== ''))])
      .refine((names) => names.every((name) => course.overlays.some((overlay) => overlay.name === name)), {
        error: key('sign-up.no-overlay'),
      })
      .default([]),
  })
}

/** As it is stored: null for the first language of the course, and undefined for one that the course does not have. */
export function languageIn(
  { language, languages = [language] }: Course,
  chosen: string | null,
): string | null | undefined {
  if (chosen === null || chosen === languages[0]) return null
  return languages.find((one) => one === chosen)
}

/** Validates a form or JSON body. Returns the input for the flow, or all errors by field. */
export function checkSignUp(course: Course, body: unknown, source: SignUpSource = 'json'): CheckedSignUp {
  const result = schemaFor(course, source).safeParse(body)
  const suggestion = isAddressConfirmed(body) ? null : suggestionFor(body)
  if (result.success && suggestion === null) return { input: { course: course.name, ...result.data } }
  const faults: Record<string, Phrase> = {}
  if (suggestion !== null) faults.email = phrase('sign-up.email-meant', { address: suggestion })
  for (const issue of result.error?.issues ?? []) {
    const field = String(issue.path[0] ?? 'email')
    faults[field] ??= issue.path.length > 0 ? phraseOf(issue) : phrase('sign-up.email-missing')
  }
  return { faults, suggestion }
}

/** The same address at the suggested domain. Based only on what was typed. */
function suggestionFor(body: unknown): string | null {
  const checked = isRecord(body) && typeof body.email === 'string' ? checkEmail(body.email.slice(0, 1000)) : null
  if (checked === null || !('address' in checked)) return null
  const at = checked.address.lastIndexOf('@')
  const domain = likelyDomain(checked.address.slice(at + 1))
  return domain === null ? null : `${checked.address.slice(0, at)}@${domain}`
}

/** Whether the person rejected the suggestion. */
function isAddressConfirmed(body: unknown): boolean {
  return isRecord(body) && (body.sure === true || body.sure === '1')
}

/**
 * Applies the answer to "Did you mean ...?": "yes" uses the suggestion, "no" keeps the typed address. If the address
 * has been changed since, the answer is ignored.
 */
export function applySuggestionAnswer(body: unknown): unknown {
  if (!isRecord(body) || body.asked !== body.email) return body
  if (body.meant === 'no') return { ...body, sure: '1' }
  const suggestion = body.meant === 'yes' ? suggestionFor(body) : null
  return suggestion === null ? body : { ...body, email: suggestion }
}

/** What was typed, truncated, for showing the form again. */
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
    track: text('track'),
    language: text('language'),
    pace: text('pace'),
  }
}

function isRecord(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}
