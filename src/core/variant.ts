import type { AudienceName, Block, Effort, Exercise, Field, Variant } from './course.ts'

/** The audience of readers without a track. */
const COMMON_AUDIENCE = 'common'

/** Whether text for these audiences is for this reader; no audience at all means everyone. */
export function isFor(audiences: readonly AudienceName[], variant: Variant): boolean {
  return audiences.length === 0 || isAmong(audiences, variant)
}

/** The blocks this reader sees, in order: on the page all of them, in the mail those that are not for the page only. */
export function blocksFor(body: readonly Block[], variant: Variant, where: { readonly page: boolean }): Block[] {
  return body.filter((block) => (where.page || !block.pageOnly) && isFor(block.audiences, variant))
}

/** The fields this reader sees in this form, in order. `not-today` asks for nothing. */
export function fieldsFor(exercise: Exercise, variant: Variant, form: Effort): Field[] {
  if (form === 'not-today') return []
  return exercise.fields.filter(
    (field) =>
      (form === 'full' || field.small) && isFor(field.audiences, variant) && !isAmong(field.except ?? [], variant),
  )
}

function isAmong(audiences: readonly AudienceName[], { track, overlays }: Variant): boolean {
  return audiences.some((name) => name === (track ?? COMMON_AUDIENCE) || overlays.includes(name))
}
