import type { Problem } from '../../errors.ts'
import type { Course, Exercise } from '../course.ts'
import type { CourseResources } from './parse-resources.ts'

/** A course in one language. */
export interface CourseInLanguage {
  readonly course: Course
  readonly resources: CourseResources
}

/** What must be the same in every language, because answers, results and settings are stored by it. */
const KEPT = [
  ...['id', 'type', 'small', 'audiences', 'except', 'notShared', 'pick', 'day', 'fields', 'options', 'items', 'bin'],
  ...['bins', 'parts', 'blank', 'questions', 'many', 'safety', 'beforeSharing', 'scores', 'routes', 'name', 'bands'],
  ...['from', 'to', 'tracks', 'overlays', 'points', 'access', 'off', 'page', 'kind', 'field', 'atLeast'],
]

/**
 * Problems of a translation whose days, exercises, tracks, check-ins or assessment differ from the course in its first
 * language.
 */
export function compareLanguages(first: CourseInLanguage, other: CourseInLanguage, folder: string): Problem[] {
  const problems: Problem[] = []
  const compare = (file: string, what: string, one: unknown, two: unknown) => {
    if (shapeOf(one) === shapeOf(two)) return
    const fix = `Use the same as in the course's first language (${first.course.language}); only words may differ.`
    problems.push({ file, what, fix })
  }
  const courseFile = `${folder}/course.yaml`
  compare(courseFile, 'What the course offers for care differs.', first.course.care, other.course.care)
  compare(courseFile, 'Who may read the library differs.', [first.course.library], [other.course.library])
  compare(courseFile, 'What the course says about questions differs.', periodsOf(first.course), periodsOf(other.course))
  compare(courseFile, 'The tracks or overlays differ.', namesOf(first.course), namesOf(other.course))
  const [days, otherDays] = [first.course.lessons.length, other.course.lessons.length]
  if (days !== otherDays) {
    const fix = `Keep the number of days: ${days}.`
    problems.push({ file: folder, what: `It has ${otherDays} days.`, fix })
  }
  for (const lesson of first.course.lessons) {
    const same = other.course.lessons.find(({ day }) => day === lesson.day)
    if (same === undefined) continue
    compare(same.file, 'The exercise has other fields.', fieldsOf(lesson.exercise), fieldsOf(same.exercise))
    compare(same.file, 'The exercise is complete with other fields.', lesson.exercise.complete, same.exercise.complete)
  }
  const checkIns = ({ resources }: CourseInLanguage) =>
    resources.checkIns.map(({ week, ask, exercise }) => ({
      id: `${week} ${ask.join(' ')}`,
      fields: fieldsOf(exercise),
    }))
  compare(`${folder}/check-ins`, 'The check-ins differ.', checkIns(first), checkIns(other))
  compare(
    `${folder}/assessment.yaml`,
    'The assessment differs.',
    first.resources.assessment,
    other.resources.assessment,
  )
  return problems
}

function periodsOf({ questions }: Course) {
  return questions === null ? null : [questions.usualDays, questions.followUpAfterDays, questions.deleteAfterDays]
}

function namesOf({ tracks, overlays }: Course) {
  return [tracks.map(({ name }) => name), overlays.map(({ name }) => name)]
}

function fieldsOf({ fields, letter, mood, timer }: Exercise) {
  return [fields, letter, mood, timer !== null]
}

/** Its structure without its words. The blanks of a sentence may stand in another order. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) {
    const isSentence = value.some((one) => typeof one === 'object' && one !== null && 'blank' in one)
    if (!isSentence) return `[${value.map(shapeOf).join()}]`
    return `[${value
      .flatMap((one) => ('blank' in one ? [String(one.blank)] : []))
      .sort()
      .join()}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  const entries = Object.entries(value).filter(([key]) => KEPT.includes(key) || isScaleEnd(value, key))
  return `{${entries.map(([key, one]) => `${key}:${shapeOf(one)}`).join()}}`
}

/** A text may be longer in another language, but a slider means the same. */
function isScaleEnd(field: object, key: string): boolean {
  return 'type' in field && field.type === 'scale' && ['min', 'max', 'step'].includes(key)
}
