import type { Answer, Given } from '../course/fields/field-definition.ts'
import { definitionOf, type Field } from '../course/fields/field-types.ts'
import type { Phrase } from '../words.ts'

export interface GivenAnswers {
  /** Only fields that were given and are valid. */
  readonly answers: Record<string, Answer>
  /** For each of these fields, the version the page was rendered with; 0 for none. */
  readonly base: Record<string, number>
  /** Field id to what is wrong, for the person who filled it in. */
  readonly errors: Record<string, Phrase>
}

type Body = Readonly<Record<string, unknown>>

/**
 * Reads a form or a JSON body. The key of an answer is `f.<field>`, repeated for a checklist; sorting, sentences and
 * repeated sliders use `f.<field>.<item>`. `v.<field>` is the version the page had. Keys of unknown fields are ignored,
 * and fields without a key are left unchanged. A checklist sent with only its version, or with an empty value, has
 * nothing ticked.
 */
export function readAnswers(fields: readonly Field[], body: Body): GivenAnswers {
  const answers: Record<string, Answer> = {}
  const base: Record<string, number> = {}
  const errors: Record<string, Phrase> = {}
  for (const field of fields) {
    const read = definitionOf(field.type).read(givenFor(field, body), field)
    if (read === null) continue
    if ('error' in read) {
      errors[field.id] = read.error
      continue
    }
    answers[field.id] = read.answer
    base[field.id] = readVersion(valueAt(body, `v.${field.id}`))
  }
  return { answers, base, errors }
}

function givenFor({ id }: Field, body: Body): Given {
  return {
    value: valueAt(body, `f.${id}`),
    part: (part) => valueAt(body, `f.${id}.${part}`),
    isOnPage: Object.hasOwn(body, `v.${id}`),
  }
}

/** `constructor` is a possible field id, so inherited properties do not count. */
function valueAt(body: Body, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined
}

/** An invalid version counts as none, so that a text from another tab is kept rather than replaced. */
function readVersion(value: unknown): number {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  if (typeof last !== 'string' && typeof last !== 'number') return 0
  return /^\d{1,9}$/.test(String(last)) ? Number(last) : 0
}
