import { type Assessment, type AssessmentAnswers, PREFER_NOT } from '../../core/assessment/assessment.ts'
import { shownQuestions } from '../../core/assessment/score-assessment.ts'

/** One question per page, or all on one page. */
export type AssessmentMode = 'one' | 'all'

export interface AssessmentForm {
  readonly mode: AssessmentMode
  /** The button that was pressed. */
  readonly go: 'begin' | 'next' | 'skip' | 'back' | 'finish'
  /** The question on the page, if there is one per page. */
  readonly at: string | null
  /** Whether the reader has seen which questions are unanswered. */
  readonly seen: boolean
  /** Known questions and options only, with those follow-ups that apply. */
  readonly answers: AssessmentAnswers
}

const STEPS = ['begin', 'next', 'skip', 'back', 'finish'] as const

/** The form field name of a question. */
export function questionFieldName(id: string): string {
  return `q.${id}`
}

/** Parses a submitted form. There are no errors: anything unknown counts as unanswered. */
export function readAssessmentForm(assessment: Assessment, body: unknown): AssessmentForm {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const given = readGivenAnswers(assessment, fields)
  const asked = new Set(shownQuestions(assessment, given).map(({ id }) => id))
  return {
    mode: fields.mode === 'all' ? 'all' : 'one',
    go: STEPS.find((go) => go === fields.go) ?? 'begin',
    at: assessment.questions.find(({ id }) => id === fields.at)?.id ?? null,
    seen: fields.seen === '1',
    answers: Object.fromEntries(Object.entries(given).filter(([id]) => asked.has(id))),
  }
}

/** Questions that apply and have no answer. */
export function unansweredQuestions(assessment: Assessment, answers: AssessmentAnswers): readonly string[] {
  return shownQuestions(assessment, answers).flatMap(({ id }) => (answers[id] === undefined ? [id] : []))
}

function readGivenAnswers(assessment: Assessment, fields: Record<string, unknown>): AssessmentAnswers {
  const answers: Record<string, string | readonly string[]> = {}
  for (const { id, many, preferNot, options } of assessment.questions) {
    const known = [...options.map((option) => option.id), ...(preferNot ? [PREFER_NOT] : [])]
    const given = [fields[questionFieldName(id)]]
      .flat()
      .filter((one) => typeof one === 'string' && known.includes(one)) as string[]
    const [first] = given
    if (first !== undefined) answers[id] = many ? given : first
  }
  return answers
}
