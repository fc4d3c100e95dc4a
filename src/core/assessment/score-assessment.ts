import {
  ACCESS,
  type Assessment,
  type AssessmentAnswers,
  type AssessmentOption,
  type AssessmentQuestion,
  type AssessmentResult,
  type Condition,
  FEATURES,
  type Guarded,
  NO_TRACK,
  PREFER_NOT,
} from './assessment.ts'

/** More than three of each is too much to read for a person in distress. */
const MAX_SHOWN = 3

interface Facts {
  readonly chosen: ReadonlyMap<string, readonly AssessmentOption[]>
  readonly routes: ReadonlySet<string>
  readonly track: string | null
  readonly overlays: readonly string[]
  readonly bands: Readonly<Record<string, string>>
}

/**
 * Evaluates a person's answers: routes in order, their restrictions, track, overlays, and the texts to show. Unknown
 * questions and options count as unanswered; without any answer there is still an outcome. Never throws.
 */
export function scoreAssessment(assessment: Assessment, answers: AssessmentAnswers): AssessmentResult {
  const facts = readFacts(assessment, answers)
  const routes = assessment.routes
    .filter((route) => facts.routes.has(route.id))
    .map((route) =>
      route.beside?.routes.some((id) => facts.routes.has(id)) ? { ...route, page: route.beside.page } : route,
    )
  const access = ACCESS[Math.max(0, ...routes.map((route) => ACCESS.indexOf(route.access)))] ?? 'open'
  // While the course is paused, only texts written for a route are safe to show: no scripts, limits or letters.
  const fits = (entry: Guarded) => isShown(entry, facts) && (access !== 'paused' || isOfRoute(entry))

  const line = assessment.outcome.line.find(fits)
  const plan = assessment.outcome.plan.find(fits)
  const insights = assessment.outcome.insights.filter(fits).slice(0, MAX_SHOWN)
  const why = assessment.outcome.why.filter(fits).slice(0, MAX_SHOWN)
  const shapedByRoute = [line, plan, ...insights, ...why].some((entry) => entry !== undefined && isOfRoute(entry))

  return {
    routes,
    pages: [...new Set(routes.map((route) => route.page))],
    access,
    off: FEATURES.filter((feature) => routes.some((route) => route.off.includes(feature))),
    askAgain: routes.flatMap((route) => (route.askAgain === null ? [] : [route.askAgain])),
    track: facts.track,
    overlays: facts.overlays,
    bands: facts.bands,
    line: line?.text ?? '',
    insights: insights.map((entry) => entry.text),
    plan: plan?.steps ?? [],
    why: why.map((entry) => entry.text),
    note: assessment.outcome.note,
    mailable: access === 'open' && !shapedByRoute,
  }
}

/** The questions to ask, in order, given the answers so far: a follow-up appears once its condition is met. */
export function shownQuestions(assessment: Assessment, answers: AssessmentAnswers): readonly AssessmentQuestion[] {
  const followed = assessment.questions.filter((question) => isAsked(question, answers))
  const track = trackOf(followed, answers) ?? NO_TRACK
  return followed.filter(({ tracks }) => tracks === undefined || tracks.includes(track))
}

/** Whether the question is asked of some readers only, and therefore has no number. */
export function isConditional({ after, tracks }: AssessmentQuestion): boolean {
  return after !== null || tracks !== undefined
}

/** Text, help text and option labels of a question for a reader on this track (null: none). */
export function wordingFor(
  question: AssessmentQuestion,
  track: string | null,
): { text: string; help: string; options: { id: string; label: string }[] } {
  const own = question.wordings.find((wording) => wording.tracks.includes(track ?? NO_TRACK))
  return {
    text: own?.text ?? question.text,
    help: own?.help ?? question.help,
    options: question.options.map((option) => ({ id: option.id, label: own?.options[option.id] ?? option.label })),
  }
}

/** The known options chosen for a question; "none of these" is dropped if anything else is ticked. */
export function chosenOptions(question: AssessmentQuestion, answers: AssessmentAnswers): readonly AssessmentOption[] {
  const given = givenIds(question, answers)
  const ticked = question.options.filter((option) => given.includes(option.id))
  if (!question.many) return ticked.slice(0, 1)
  const others = ticked.filter((option) => !option.alone)
  return others.length > 0 ? others : ticked
}

function readFacts(assessment: Assessment, answers: AssessmentAnswers): Facts {
  const chosen = new Map<string, readonly AssessmentOption[]>()
  const routes = new Set<string>()
  for (const question of shownQuestions(assessment, answers)) {
    const options = chosenOptions(question, answers)
    chosen.set(question.id, options)
    for (const route of options.flatMap((option) => option.routes)) routes.add(route)
    if (question.preferNot && givenIds(question, answers).includes(PREFER_NOT)) {
      for (const route of assessment.preferNot.routes) routes.add(route)
    }
  }
  const options = [...chosen.values()].flat()
  const bands = readBands(assessment, chosen)
  const fromBands = assessment.scores.flatMap(
    (score) => score.bands.find((band) => band.id === bands[score.name])?.overlays ?? [],
  )
  return {
    chosen,
    routes,
    track: options.findLast((option) => option.track !== null)?.track ?? null,
    overlays: [...new Set([...options.flatMap((option) => option.overlays), ...fromBands])],
    bands,
  }
}

/** The track decided by the last of these questions that decides one, or null. */
function trackOf(questions: readonly AssessmentQuestion[], answers: AssessmentAnswers): string | null {
  const options = questions.flatMap((question) => chosenOptions(question, answers))
  return options.findLast((option) => option.track !== null)?.track ?? null
}

/** A score counts only if all of its questions are answered; a partial score would be too low. */
function readBands(assessment: Assessment, chosen: Facts['chosen']): Record<string, string> {
  const bands: Record<string, string> = {}
  for (const score of assessment.scores) {
    const parts = assessment.questions.filter((question) => question.score === score.name)
    if (!parts.every((question) => (chosen.get(question.id) ?? []).length > 0)) continue
    const points = parts
      .flatMap((question) => chosen.get(question.id) ?? [])
      .reduce((sum, option) => sum + option.points, 0)
    const band = score.bands.find((candidate) => points >= candidate.from && points <= candidate.to)
    if (band !== undefined) bands[score.name] = band.id
  }
  return bands
}

function isAsked(question: AssessmentQuestion, answers: AssessmentAnswers): boolean {
  const { after } = question
  if (after === null) return true
  const given = answers[after.question]
  return after.options.some((id) => given === id || (Array.isArray(given) && given.includes(id)))
}

function givenIds(question: AssessmentQuestion, answers: AssessmentAnswers): readonly string[] {
  const given = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined
  if (given === undefined) return []
  return typeof given === 'string' ? [given] : given
}

function isOfRoute(entry: Guarded): boolean {
  return entry.when !== null && entry.when.route.length > 0
}

function isShown(entry: Guarded, facts: Facts): boolean {
  return (entry.when === null || holds(entry.when, facts)) && (entry.unless === null || !holds(entry.unless, facts))
}

function holds(condition: Condition, facts: Facts): boolean {
  const any = (wanted: readonly string[], given: readonly string[]) =>
    wanted.length === 0 || wanted.some((value) => given.includes(value))
  return (
    any(condition.track, [facts.track ?? NO_TRACK]) &&
    any(condition.overlay, facts.overlays) &&
    any(condition.route, [...facts.routes]) &&
    Object.entries(condition.band).every(([name, bands]) => bands.includes(facts.bands[name] ?? '')) &&
    Object.entries(condition.answer).every(([id, options]) =>
      (facts.chosen.get(id) ?? []).some((option) => options.includes(option.id)),
    )
  )
}
