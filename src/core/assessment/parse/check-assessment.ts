import type { SourcePositions, YamlReader } from '../../text/yaml-reader.ts'
import {
  type Assessment,
  type AssessmentQuestion,
  type Condition,
  type CourseNames,
  type Guarded,
  NO_TRACK,
  type Score,
} from '../assessment.ts'

/**
 * Checks across the whole file: every name exists, every answer has an effect, bands cover every score, and every
 * combination of answers has an outcome. Problems are reported to the reader of the position in the file.
 */
export function checkAssessment(
  assessment: Assessment,
  names: CourseNames,
  positions: SourcePositions,
  top: YamlReader,
): void {
  const position = (thing: object) => positions.get(thing) ?? top
  checkUnique(assessment, position)
  checkRoutes(assessment, names, position, top)
  checkQuestions(assessment, names, position)
  for (const score of assessment.scores) checkBands(score, assessment, names, position)
  checkTracks(assessment, names, top)
  checkOutcome(assessment, names, position, top)
}

type PositionOf = (thing: object) => YamlReader

function checkUnique(assessment: Assessment, position: PositionOf): void {
  const once = (things: readonly { readonly id: string }[], what: string) => {
    const seen = new Set<string>()
    for (const thing of things) {
      if (seen.has(thing.id)) position(thing).report(`Two ${what} are called "${thing.id}".`, 'Rename one of them.')
      seen.add(thing.id)
    }
  }
  once(assessment.routes, 'routes')
  once(assessment.questions, 'questions')
  for (const question of assessment.questions) once(question.options, `options of "${question.id}"`)
  for (const score of assessment.scores) once(score.bands, `bands of "${score.name}"`)
}

function checkRoutes(assessment: Assessment, names: CourseNames, position: PositionOf, top: YamlReader): void {
  const used = new Set([
    ...assessment.preferNot.routes,
    ...assessment.questions.flatMap((question) => question.options.flatMap((option) => option.routes)),
  ])
  for (const route of assessment.routes) {
    known(
      position(route),
      'page',
      [route.page, ...(route.beside === undefined ? [] : [route.beside.page])],
      names.pages,
    )
    known(position(route), 'route', route.beside?.routes ?? [], ids(assessment.routes))
    if (!used.has(route.id))
      position(route).report(`No answer leads to the route "${route.id}".`, 'Name it in an option, or remove it.')
    const question = route.askAgain?.question
    if (question !== undefined) known(position(route), 'question', [question], ids(assessment.questions))
  }
  known(top, 'route', assessment.preferNot.routes, ids(assessment.routes))
}

function checkQuestions(assessment: Assessment, names: CourseNames, position: PositionOf): void {
  const beforeSharing = assessment.questions.filter((question) => question.beforeSharing)
  for (const question of beforeSharing) {
    if (!question.safety || question.many || beforeSharing.length > 1)
      position(question).report(
        `"${question.id}" cannot be the question before sharing.`,
        'Mark one safety question with a single answer "before-sharing: true", and only one.',
      )
  }
  const earlier: AssessmentQuestion[] = []
  for (const question of assessment.questions) {
    const here = position(question)
    if (question.options.length < 2) here.report(`"${question.id}" has fewer than two options.`, 'Add options.')
    if (question.score !== null)
      known(
        here,
        'score',
        [question.score],
        assessment.scores.map((score) => score.name),
      )
    if (question.score !== null && question.many) {
      here.report(
        `"${question.id}" takes several answers and scores.`,
        'A question that scores must have a single answer.',
      )
    }
    if (question.after !== null) {
      const before = earlier.find((candidate) => candidate.id === question.after?.question)
      if (before === undefined) {
        here.report(
          `"${question.id}" follows "${question.after.question}", which is not asked before it.`,
          'Name an earlier question.',
        )
      } else {
        known(here, 'option', question.after.options, ids(before.options))
      }
    }
    if (question.tracks !== undefined) checkAskedOf(question, earlier, names, here)
    for (const wording of question.wordings) {
      known(position(wording), 'track', wording.tracks, [...names.tracks, NO_TRACK])
      known(position(wording), 'option', Object.keys(wording.options), ids(question.options))
    }
    for (const option of question.options) {
      const spot = position(option)
      known(spot, 'route', option.routes, ids(assessment.routes))
      known(spot, 'track', option.track === null ? [] : [option.track], names.tracks)
      known(spot, 'overlay', option.overlays, names.overlays)
      if (option.points > 0 && question.score === null) {
        spot.report(`"${option.id}" has points but "${question.id}" has no score.`, 'Add "score:" to the question.')
      }
      if (question.safety && (option.points > 0 || option.track !== null || option.overlays.length > 0)) {
        spot.report(
          `The safety question "${question.id}" has effects other than routes.`,
          'Use only "route:" in its options.',
        )
      }
      if (option.alone && !question.many)
        spot.report('"alone" has no meaning in a question with one answer.', 'Remove it.')
    }
    if (!leadsSomewhere(question, assessment)) {
      here.report(
        `No answer to "${question.id}" changes anything.`,
        'Give an option an effect, name it in a condition, or remove the question.',
      )
    }
    earlier.push(question)
  }
}

/** A question with `tracks` must come after those that decide the track, and must not decide it itself. */
function checkAskedOf(
  question: AssessmentQuestion,
  earlier: readonly AssessmentQuestion[],
  names: CourseNames,
  here: YamlReader,
): void {
  known(here, 'track', question.tracks ?? [], [...names.tracks, NO_TRACK])
  const leads = ({ options }: AssessmentQuestion) => options.some(({ track }) => track !== null)
  if (leads(question) || !earlier.some(leads)) {
    here.report(
      `The readers of "${question.id}" are not known yet when it is asked.`,
      'Put it after the question that leads to a track.',
    )
  }
}

function leadsSomewhere(question: AssessmentQuestion, assessment: Assessment): boolean {
  return (
    question.options.some(
      (option) => option.routes.length + option.overlays.length + option.points > 0 || option.track !== null,
    ) ||
    assessment.questions.some((other) => other.after?.question === question.id) ||
    conditions(assessment).some(({ condition }) => Object.hasOwn(condition.answer, question.id))
  )
}

function checkBands(score: Score, assessment: Assessment, names: CourseNames, position: PositionOf): void {
  const here = position(score)
  const questions = assessment.questions.filter((question) => question.score === score.name)
  if (questions.length === 0) {
    here.report(`No question counts for the score "${score.name}".`, 'Name it in a question, or remove it.')
    return
  }
  const most = questions.reduce(
    (sum, question) => sum + Math.max(0, ...question.options.map((option) => option.points)),
    0,
  )
  let next = 0
  for (const band of score.bands) {
    known(position(band), 'overlay', band.overlays, names.overlays)
    if (band.from !== next || band.to < band.from) {
      position(band).report(
        `The band "${band.id}" of "${score.name}" does not start at ${next}.`,
        'Put bands in ascending order without gaps.',
      )
    }
    next = band.to + 1
  }
  if (next !== most + 1)
    here.report(
      `The bands of "${score.name}" end at ${next - 1}; answers reach ${most}.`,
      `End the last band at ${most}.`,
    )
}

function checkTracks(assessment: Assessment, names: CourseNames, top: YamlReader): void {
  const reached = assessment.questions.flatMap((question) => question.options.map((option) => option.track))
  for (const track of names.tracks) {
    if (!reached.includes(track))
      top.report(`No answer leads to the track "${track}".`, 'Name it in an option ("track:").')
  }
}

function checkOutcome(assessment: Assessment, names: CourseNames, position: PositionOf, top: YamlReader): void {
  for (const { entry, condition } of conditions(assessment))
    checkCondition(condition, assessment, names, position(entry))
  for (const [name, entries] of [
    ['line', assessment.outcome.line],
    ['plan', assessment.outcome.plan],
  ] as const) {
    const last = entries.at(-1)
    if (last === undefined || last.when !== null || last.unless !== null) {
      top.report(`Some answers have no ${name}.`, `End the list "${name}" with an entry without "when" and "unless".`)
    }
    for (const route of assessment.routes.filter((candidate) => candidate.access === 'paused')) {
      if (!entries.some((entry) => isOnlyFor(entry, route.id))) {
        position(route).report(
          `The route "${route.id}" pauses the course and has no ${name} of its own.`,
          `Add one with "when: { route: ${route.id} }".`,
        )
      }
    }
  }
}

function checkCondition(condition: Condition, assessment: Assessment, names: CourseNames, here: YamlReader): void {
  known(here, 'track', condition.track, [...names.tracks, NO_TRACK])
  known(here, 'overlay', condition.overlay, names.overlays)
  known(here, 'route', condition.route, ids(assessment.routes))
  for (const [name, bands] of Object.entries(condition.band)) {
    const score = assessment.scores.find((candidate) => candidate.name === name)
    if (score === undefined)
      known(
        here,
        'score',
        [name],
        assessment.scores.map((candidate) => candidate.name),
      )
    else known(here, 'band', bands, ids(score.bands))
  }
  for (const [id, options] of Object.entries(condition.answer)) {
    const question = assessment.questions.find((candidate) => candidate.id === id)
    if (question === undefined) known(here, 'question', [id], ids(assessment.questions))
    else known(here, 'option', options, ids(question.options))
    if (question?.safety === true) {
      here.report(
        `An outcome names an answer to the safety question "${id}".`,
        'Use "route:" instead; safety answers affect nothing else.',
      )
    }
  }
}

function conditions(assessment: Assessment): { entry: Guarded; condition: Condition }[] {
  const { line, insights, plan, why } = assessment.outcome
  return [...line, ...insights, ...plan, ...why].flatMap((entry) =>
    [entry.when, entry.unless].flatMap((condition) => (condition === null ? [] : [{ entry, condition }])),
  )
}

function isOnlyFor(entry: Guarded, route: string): boolean {
  const { when, unless } = entry
  if (when === null || unless !== null || !when.route.includes(route)) return false
  return when.track.length + when.overlay.length + Object.keys(when.band).length + Object.keys(when.answer).length === 0
}

function known(here: YamlReader, what: string, given: readonly string[], all: readonly string[]): void {
  for (const name of given) {
    if (!all.includes(name)) here.report(`There is no ${what} "${name}".`, `Use one of: ${all.join(', ')}.`)
  }
}

function ids(things: readonly { readonly id: string }[]): string[] {
  return things.map((thing) => thing.id)
}
