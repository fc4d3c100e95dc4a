import type { Exercise } from '../course/course.ts'
import { isForReader } from '../course/variant.ts'
import type { Variant } from '../model.ts'

/** Whether this reader may share a letter. `off`: the features disabled for them (assessment.ts `Feature`). */
export function mayShare(exercise: Exercise, variant: Variant, off: readonly string[]): boolean {
  const noShare = exercise.noShare ?? []
  const excepted = noShare.length > 0 && isForReader(noShare, variant)
  return exercise.letter && !excepted && !off.includes('sharing') && !off.includes('letters')
}
