import type { Answer, Given } from '../course/fields/field-definition.ts'
import { definitionOf, type Field } from '../course/fields/field-types.ts'

export interface GivenAnswers {
  /** Only fields that were given, and given rightly. */
  readonly answers: Record<string, Answer>
  /** For each of these, the version that the page had; 0 for none. */
  readonly base: Record<string, number>
  /** Field id to a sentence for the person who filled it in. */
  readonly errors: Record<string, string>
}

type Body = Readonly<Record<string, unknown>>

/**
 * Reads a form or a JSON body: `f.<field>`, for a checklist repeated, for sorting, sentences and repeated sliders
 * `f.<field>.<item>`; `v.<field>` is the version the page had. Keys that belong to no field are ignored; a field without
 * a key is not touched. A checklist given by its version alone, or by an empty value, has nothing ticked.
 */
export function readAnswers(fields: readonly Field[], body: Body): GivenAnswers {
  const answers: Record<string, Answer> = {}
  const base: Record<string, number> = {}
  const errors: Record<string, string> = {}
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

/** Never a property that every object has: `constructor` is a possible field id. */
function valueAt(body: Body, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined
}

/** A version that makes no sense counts as none, so that what another tab wrote is kept rather than replaced. */
function readVersion(value: unknown): number {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  if (typeof last !== 'string' && typeof last !== 'number') return 0
  return /^\d{1,9}$/.test(String(last)) ? Number(last) : 0
}
