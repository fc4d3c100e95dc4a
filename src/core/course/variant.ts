import type { Variant } from '../model.ts'
import type { AudienceName, Block, Course, Effort, Exercise } from './course.ts'
import type { Field } from './fields/field-types.ts'

/** Packed variants are padded to a multiple of this many bytes. */
const PACKED_STEP = 128

/**
 * Serialises to one size for all learners of a course, so that the stored size reveals nothing. `course` is null if it
 * no longer exists.
 */
export function packVariant(variant: Variant, course: Pick<Course, 'tracks' | 'overlays'> | null): string {
  const { track, overlays, edition, language } = variant
  const sent = edition === undefined ? [] : [{ edition, language }]
  const text = JSON.stringify([track, ...overlays, ...sent])
  const bytes = Buffer.byteLength(text)
  const most = course === null ? 0 : longestOf(course) + Buffer.byteLength(JSON.stringify(sent))
  const steps = Math.ceil(Math.max(bytes, most) / PACKED_STEP)
  return text + ' '.repeat(steps * PACKED_STEP - bytes)
}

/** Parses the output of `packVariant`. */
export function unpackVariant(text: string): Variant {
  const [track = null, ...rest] = JSON.parse(text) as [
    string | null,
    ...(string | Pick<Variant, 'edition' | 'language'>)[],
  ]
  const overlays = rest.filter((one) => typeof one === 'string')
  const sent = rest.find((one) => typeof one === 'object')
  return { track, overlays, ...sent }
}

const longest = new WeakMap<object, number>()

/** The size of the course's longest variant, in bytes. */
function longestOf(course: Pick<Course, 'tracks' | 'overlays'>): number {
  let bytes = longest.get(course)
  if (bytes === undefined) {
    const track = Math.max(4, ...course.tracks.map(({ name }) => Buffer.byteLength(name) + 2))
    bytes = course.overlays.reduce((sum, { name }) => sum + Buffer.byteLength(name) + 3, track + 2)
    longest.set(course, bytes)
  }
  return bytes
}

/** The audience of readers without a track. */
const COMMON_AUDIENCE = 'common'

/** Whether text with these audiences is for this reader; an empty list means everyone. */
export function isForReader(audiences: readonly AudienceName[], variant: Variant): boolean {
  return audiences.length === 0 || isAmong(audiences, variant)
}

/**
 * The blocks for this reader, in order: all of them on the page, without page-only blocks in the email. `after` selects
 * the blocks below the button (true) or the others (false).
 */
export function blocksFor(
  body: readonly Block[],
  variant: Variant,
  where: { readonly page: boolean; readonly after?: boolean },
): Block[] {
  return body.filter(
    (block) =>
      (where.page || !block.pageOnly) &&
      (where.after === undefined || where.after === (block.after ?? false)) &&
      isForReader(block.audiences, variant),
  )
}

/** The fields for this reader in this form, in order; none for `not-today`. */
export function fieldsFor(exercise: Exercise, variant: Variant, form: Effort): Field[] {
  if (form === 'not-today') return []
  return exercise.fields.filter(
    (field) =>
      (form === 'full' || field.small) &&
      isForReader(field.audiences, variant) &&
      !isAmong(field.except ?? [], variant),
  )
}

function isAmong(audiences: readonly AudienceName[], { track, overlays }: Variant): boolean {
  return audiences.some((name) => name === (track ?? COMMON_AUDIENCE) || overlays.includes(name))
}
