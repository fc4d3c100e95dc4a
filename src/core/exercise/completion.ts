import type { Effort, Exercise } from '../course/course.ts'
import type { Answer, Answers } from '../course/fields/field-definition.ts'
import { type Field, isAnswerable } from '../course/fields/field-types.ts'
import { fieldsFor } from '../course/variant.ts'
import type { Variant } from '../model.ts'

/**
 * The fields that still need an answer before the day counts as done with this effort: one field id for each unmet
 * requirement. Fields this reader does not see are skipped, and `not-today` requires nothing.
 */
export function missingFor(exercise: Exercise, variant: Variant, effort: Effort, answers: Answers): string[] {
  if (effort === 'not-today') return []
  const shown = new Map(fieldsFor(exercise, variant, effort).map((field) => [field.id, field]))
  const missing = exercise.complete[effort].flatMap((requirement) => {
    const [ids, atLeast] =
      requirement.kind === 'any' ? [requirement.fields, 1] : [[requirement.field], requirement.atLeast]
    const fields = ids.map((id) => shown.get(id)).filter((field) => field !== undefined)
    if (fields.some((field) => isFilled(field, answerTo(field, answers), atLeast))) return []
    return fields.slice(0, 1).map(({ id }) => id)
  })
  return [...new Set(missing)]
}

/** `constructor` is a possible field id, so only own properties count. */
function answerTo(field: Field, answers: Answers): Answer | undefined {
  return Object.hasOwn(answers, field.id) ? answers[field.id] : undefined
}

function isFilled(field: Field, answer: Answer | undefined, atLeast: number): boolean {
  if (!isAnswerable(field)) return true
  if (answer === undefined) return false
  if (typeof answer === 'number') return true
  if (typeof answer === 'string') return answer.trim() !== ''
  if (Array.isArray(answer)) return answer.length >= atLeast
  return Object.values(answer).filter((part) => part.trim() !== '').length >= atLeast
}
