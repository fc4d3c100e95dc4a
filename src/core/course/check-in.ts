import type { Problem } from '../errors.ts'
import { withUnixLines } from '../text/front-matter.ts'
import { at, line, plain, type ReadContext } from '../text/read-text.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'
import { readPage } from './care-page.ts'
import type { Block, Course, Exercise } from './course.ts'
import type { Answers } from './fields/field-definition.ts'
import { isScale } from './fields/scale.ts'
import { parseBody } from './parse/parse-body.ts'
import { parseExercise } from './parse/parse-exercise.ts'
import type { SourceFile } from './parse/parse-lesson.ts'

/** A weekly check-in after the course. */
export interface CheckIn {
  /** 1 is the first week after the last day. */
  readonly week: number
  readonly file: string
  readonly title: string
  readonly subject: string
  readonly preheader: string
  readonly discreetSubject: string
  readonly minutes: number
  readonly goal: string
  /** Questions of the assessment to ask again, all optional. */
  readonly ask: readonly string[]
  readonly body: readonly Block[]
  readonly exercise: Exercise
}

/** The texts to show when check-ins get worse. */
export type CheckInRule =
  | {
      readonly kind: 'worse'
      /** Sliders for which a lower value is worse, and those for which a higher one is. */
      readonly down: readonly string[]
      readonly up: readonly string[]
      /** In points, over all these sliders together. */
      readonly by: number
      readonly weeks: number
      readonly say: string
    }
  | { readonly kind: 'none'; readonly fields: readonly string[]; readonly weeks: number; readonly say: string }

const RULE_KINDS = ['worse', 'none'] as const

/**
 * Parses the check-in of a week. `questions` are the ids of the assessment's questions. Null if it cannot be parsed at
 * all.
 */
export function parseCheckIn(
  source: SourceFile,
  week: number,
  questions: readonly string[],
  course: Pick<Course, 'discreet'>,
  context: ReadContext,
  problems: Problem[],
): CheckIn | null {
  return readPage(source, problems, (reader, parts) => {
    const keys = reader.keys(
      ['week', 'title', 'subject', 'preheader', 'minutes', 'goal', 'exercise'],
      ['discreet', 'ask'],
    )
    const given = at(keys, 'week')
    if (given.integer(1, 52) !== week) given.report(`The file is named week ${week}.`, `Write "week: ${week}".`)
    const discreet = keys.get('discreet')?.keys(['subject'])
    return {
      week,
      file: source.file,
      title: plain(at(keys, 'title')),
      subject: line(at(keys, 'subject')),
      preheader: line(at(keys, 'preheader')),
      discreetSubject: discreet === undefined ? course.discreet.subject : line(at(discreet, 'subject')),
      minutes: at(keys, 'minutes').integer(1, 240),
      goal: plain(at(keys, 'goal')),
      ask: readAsk(keys.get('ask'), questions),
      exercise: parseExercise(at(keys, 'exercise'), context),
      body: parseBody({ markdown: parts.body, file: source.file, line: parts.bodyLine }, context, problems),
    }
  })
}

/** Parses `check-ins/rules.yaml`. A field named in a rule must be a slider wherever a check-in has it. */
export function parseCheckInRules(
  source: SourceFile,
  checkIns: readonly CheckIn[],
  problems: Problem[],
): CheckInRule[] {
  const top = readYaml(source.file, withUnixLines(source.text))
  if (top.problems.length > 0) {
    problems.push(...top.problems)
    return []
  }
  const sliders = new Set(checkIns.flatMap(({ exercise }) => exercise.fields.filter(isScale).map(({ id }) => id)))
  const rules = at(top.keys(['rules']), 'rules')
    .list()
    .map((item) => readRule(item, sliders))
  problems.push(...top.problems)
  return rules
}

/**
 * The texts to show after the newest check-in. `history` has the answers in chronological order: those of the first
 * day, then one entry per check-in. Entries that are null or lack the sliders of a rule are skipped.
 */
export function applyCheckInRules(rules: readonly CheckInRule[], history: readonly (Answers | null)[]): string[] {
  return rules.filter((rule) => (rule.kind === 'worse' ? isWorse(rule, history) : isNone(rule, history))).map(sayOf)
}

function readAsk(reader: YamlReader | undefined, questions: readonly string[]): string[] {
  const asked = reader?.texts() ?? []
  for (const id of asked) {
    if (!questions.includes(id))
      reader?.report(`The assessment has no question "${id}".`, `Use one of: ${questions.join(', ')}.`)
  }
  return asked
}

function readRule(item: YamlReader, sliders: ReadonlySet<string>): CheckInRule {
  const kind = item.entries().get('kind')?.oneOf(RULE_KINDS)
  const named = (reader: YamlReader) => {
    const ids = reader.texts()
    for (const id of ids) {
      if (!sliders.has(id))
        reader.report(`No check-in has a slider "${id}".`, `Use one of: ${[...sliders].join(', ')}.`)
    }
    return ids
  }
  if (kind === 'none') {
    const keys = item.keys(['kind', 'fields', 'weeks', 'say'])
    const weeks = at(keys, 'weeks').integer(1, 52)
    return { kind, fields: named(at(keys, 'fields')), weeks, say: plain(at(keys, 'say')) }
  }
  const keys = item.keys(['kind', 'by', 'weeks', 'say'], ['down', 'up'])
  const [down, up] = [keys.get('down'), keys.get('up')]
  if (down === undefined && up === undefined) item.report('The rule names no slider.', 'Give "down:", "up:" or both.')
  return {
    kind: 'worse',
    down: down === undefined ? [] : named(down),
    up: up === undefined ? [] : named(up),
    by: at(keys, 'by').integer(1, 1000),
    weeks: at(keys, 'weeks').integer(1, 52),
    say: plain(at(keys, 'say')),
  }
}

type Worse = Extract<CheckInRule, { kind: 'worse' }>
type None = Extract<CheckInRule, { kind: 'none' }>

function isWorse(rule: Worse, history: readonly (Answers | null)[]): boolean {
  const levels = history.flatMap((answers) => levelOf(rule, answers) ?? [])
  const moves = levels.slice(1).map((level, index) => level - (levels[index] ?? level))
  return moves.length >= rule.weeks && moves.slice(-rule.weeks).every((move) => move >= rule.by)
}

/** The sum of all sliders, higher is worse; null if one of them was not moved. */
function levelOf({ down, up }: Worse, answers: Answers | null): number | null {
  const values = [...up.map((id) => answers?.[id]), ...down.map((id) => negated(answers?.[id]))]
  return values.every((value) => typeof value === 'number') ? values.reduce((sum, value) => sum + value, 0) : null
}

function negated(value: Answers[string] | undefined): number | undefined {
  return typeof value === 'number' ? -value : undefined
}

function isNone({ fields, weeks }: None, history: readonly (Answers | null)[]): boolean {
  const given = history.map((answers) => fields.map((id) => answers?.[id]).filter((value) => typeof value === 'number'))
  const answered = given.filter((values) => values.length > 0)
  return answered.length >= weeks && answered.slice(-weeks).every((values) => values.every((value) => value === 0))
}

function sayOf({ say }: CheckInRule): string {
  return say
}
