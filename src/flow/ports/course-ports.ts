import type { Problem } from '../../core/errors.ts'

/** The files of all courses as they are now, which may be newer than what was loaded, and what their check says. */
export interface CourseCheck {
  /** A course has one folder for each of its languages; translations are named `<course>.<language>`. */
  readonly folders: readonly {
    readonly name: string
    /** For display. */
    readonly path: string
    /** Relative to the folder. */
    readonly files: readonly string[]
  }[]
  readonly problems: readonly Problem[]
  /** Courses whose language has no measure of reading grade. */
  readonly notMeasured: readonly string[]
}
