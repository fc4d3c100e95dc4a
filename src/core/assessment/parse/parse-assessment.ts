import { readYaml, type SourcePositions, type YamlReader } from '../../text/yaml-reader.ts'
import {
  ACCESS,
  type AskAgain,
  type Assessment,
  type AssessmentOption,
  type AssessmentQuestion,
  type Band,
  type Condition,
  type CourseNames,
  FEATURES,
  type Guarded,
  type OutcomePlan,
  type OutcomeText,
  type Parsed,
  PREFER_NOT,
  type Route,
  type Score,
  type Wording,
} from '../assessment.ts'
import { checkAssessment } from './check-assessment.ts'

/**
 * Parses `assessment.yaml` strictly. `names` has the tracks, overlays and pages of the course. Returns either the
 * assessment or all problems found.
 */
export function parseAssessment(file: string, text: string, names: CourseNames): Parsed<Assessment> {
  const top = readYaml(file, text)
  if (top.problems.length > 0) return { value: null, problems: top.problems }
  const positions: SourcePositions = new Map()
  const keys = top.keys(['title', 'minutes', 'intro', 'prefer-not', 'routes', 'scores', 'questions', 'outcome'])
  const assessment: Assessment = {
    title: at(keys, 'title').text(),
    minutes: at(keys, 'minutes').integer(1, 60),
    intro: at(keys, 'intro').text(),
    preferNot: readPreferNot(at(keys, 'prefer-not')),
    routes: at(keys, 'routes')
      .list()
      .map((item) => readRoute(item, positions)),
    scores: [...at(keys, 'scores').entries()].map(([name, item]) => readScore(name, item, positions)),
    questions: at(keys, 'questions')
      .list()
      .map((item) => readQuestion(item, positions)),
    outcome: readOutcome(at(keys, 'outcome'), positions),
  }
  checkAssessment(assessment, names, positions, top)
  return top.problems.length > 0 ? { value: null, problems: top.problems } : { value: assessment, problems: [] }
}

function readPreferNot(item: YamlReader): Assessment['preferNot'] {
  const keys = item.keys(['label', 'route'])
  return { label: at(keys, 'label').text(), routes: at(keys, 'route').texts() }
}

function readRoute(item: YamlReader, positions: SourcePositions): Route {
  const keys = item.keys(['id', 'title', 'page'], ['access', 'off', 'ask-again', 'beside'])
  const askAgain = keys.get('ask-again')
  const beside = keys.get('beside')
  const route: Route = {
    id: at(keys, 'id').id(),
    title: at(keys, 'title').text(),
    page: at(keys, 'page').id(),
    ...(beside === undefined ? {} : { beside: readBeside(beside) }),
    access: keys.get('access')?.oneOf(ACCESS) ?? 'open',
    off: readFeatures(keys.get('off')),
    askAgain: askAgain === undefined ? null : readAskAgain(askAgain),
  }
  positions.set(route, item)
  return route
}

function readBeside(item: YamlReader): NonNullable<Route['beside']> {
  const keys = item.keys(['route', 'page'])
  return { routes: at(keys, 'route').texts(), page: at(keys, 'page').id() }
}

function readFeatures(item: YamlReader | undefined): Route['off'] {
  return item?.list().map((entry) => entry.oneOf(FEATURES)) ?? []
}

function readAskAgain(item: YamlReader): AskAgain {
  const keys = item.keys(['question'], ['days', 'check-in'])
  if (keys.has('days') === keys.has('check-in')) {
    item.report('ask-again must have exactly one time.', 'Give either "days:" or "check-in:".')
  }
  return {
    question: at(keys, 'question').id(),
    days: keys.get('days')?.integer(1, 60) ?? null,
    checkIn: keys.get('check-in')?.integer(1, 52) ?? null,
  }
}

function readScore(name: string, item: YamlReader, positions: SourcePositions): Score {
  const bands = item.list().map((entry): Band => {
    const keys = entry.keys(['id', 'from', 'to'], ['overlay'])
    const band: Band = {
      id: at(keys, 'id').id(),
      from: at(keys, 'from').integer(0, 1000),
      to: at(keys, 'to').integer(0, 1000),
      overlays: keys.get('overlay')?.texts() ?? [],
    }
    positions.set(band, entry)
    return band
  })
  const score: Score = { name, bands }
  positions.set(score, item)
  return score
}

function readQuestion(item: YamlReader, positions: SourcePositions): AssessmentQuestion {
  const keys = item.keys(
    ['id', 'text', 'options'],
    ['help', 'many', 'safety', 'prefer-not', 'before-sharing', 'score', 'after', 'for', 'words'],
  )
  const tracks = keys.get('for')
  const question: AssessmentQuestion = {
    id: at(keys, 'id').id(),
    text: at(keys, 'text').text(),
    help: keys.get('help')?.text() ?? '',
    many: keys.get('many')?.flag() ?? false,
    safety: keys.get('safety')?.flag() ?? false,
    preferNot: keys.get('prefer-not')?.flag() ?? false,
    ...(keys.get('before-sharing')?.flag() ? { beforeSharing: true } : {}),
    score: keys.get('score')?.id() ?? null,
    after: readAfter(keys.get('after')),
    ...(tracks === undefined ? {} : { tracks: tracks.texts() }),
    wordings:
      keys
        .get('words')
        ?.list()
        .map((entry) => readWording(entry, positions)) ?? [],
    options: at(keys, 'options')
      .list()
      .map((entry) => readOption(entry, positions)),
  }
  positions.set(question, item)
  return question
}

function readAfter(item: YamlReader | undefined): AssessmentQuestion['after'] {
  if (item === undefined) return null
  const keys = item.keys(['question', 'is'])
  return { question: at(keys, 'question').id(), options: at(keys, 'is').texts() }
}

function readWording(item: YamlReader, positions: SourcePositions): Wording {
  const keys = item.keys(['for', 'text'], ['help', 'options'])
  const wording: Wording = {
    tracks: at(keys, 'for').texts(),
    text: at(keys, 'text').text(),
    help: keys.get('help')?.text() ?? '',
    options: Object.fromEntries([...(keys.get('options')?.entries() ?? [])].map(([id, entry]) => [id, entry.text()])),
  }
  positions.set(wording, item)
  return wording
}

function readOption(item: YamlReader, positions: SourcePositions): AssessmentOption {
  const keys = item.keys(['id', 'label'], ['alone', 'route', 'track', 'overlay', 'points'])
  const option: AssessmentOption = {
    id: at(keys, 'id').id(),
    label: at(keys, 'label').text(),
    alone: keys.get('alone')?.flag() ?? false,
    routes: keys.get('route')?.texts() ?? [],
    track: keys.get('track')?.text() ?? null,
    overlays: keys.get('overlay')?.texts() ?? [],
    points: keys.get('points')?.integer(0, 100) ?? 0,
  }
  if (option.id === PREFER_NOT) {
    item.report(`An option has the id "${PREFER_NOT}", which is kept for "prefer not to say".`, 'Give it another id.')
  }
  positions.set(option, item)
  return option
}

function readOutcome(item: YamlReader, positions: SourcePositions): Assessment['outcome'] {
  const keys = item.keys(['line', 'insights', 'plan', 'why', 'note'])
  const texts = (key: string) =>
    at(keys, key)
      .list()
      .map((entry) => readText(entry, positions))
  return {
    line: texts('line'),
    insights: texts('insights'),
    plan: at(keys, 'plan')
      .list()
      .map((entry) => readPlan(entry, positions)),
    why: texts('why'),
    note: at(keys, 'note').text(),
  }
}

function readText(item: YamlReader, positions: SourcePositions): OutcomeText {
  const keys = item.keys(['text'], ['when', 'unless'])
  const entry = { ...readGuard(keys), text: at(keys, 'text').text() }
  positions.set(entry, item)
  return entry
}

function readPlan(item: YamlReader, positions: SourcePositions): OutcomePlan {
  const keys = item.keys(['steps'], ['when', 'unless'])
  const entry = { ...readGuard(keys), steps: at(keys, 'steps').texts() }
  if (entry.steps.length === 0 || entry.steps.length > 3) {
    item.report(`A plan has ${entry.steps.length} steps.`, 'Give it one to three.')
  }
  positions.set(entry, item)
  return entry
}

function readGuard(keys: Map<string, YamlReader>): Guarded {
  const when = keys.get('when')
  const unless = keys.get('unless')
  return {
    when: when === undefined ? null : readCondition(when),
    unless: unless === undefined ? null : readCondition(unless),
  }
}

function readCondition(item: YamlReader): Condition {
  const keys = item.keys([], ['track', 'overlay', 'route', 'band', 'answer'])
  if (keys.size === 0)
    item.report('A condition is empty.', 'Name a track, overlay, route, band or answer, or leave it out.')
  const texts = (key: string) => keys.get(key)?.texts() ?? []
  const named = (key: string) =>
    Object.fromEntries([...(keys.get(key)?.entries() ?? [])].map(([name, entry]) => [name, entry.texts()]))
  return {
    track: texts('track'),
    overlay: texts('overlay'),
    route: texts('route'),
    band: named('band'),
    answer: named('answer'),
  }
}

/** Required keys are always present: the reader reports a missing one and fills in an absent value. */
function at(keys: Map<string, YamlReader>, key: string): YamlReader {
  return keys.get(key) as YamlReader
}
