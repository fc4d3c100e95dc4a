import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Assessment, AssessmentAnswers, AssessmentQuestion } from '../../../src/core/assessment/assessment.ts'
import { ACCESS, PREFER_NOT } from '../../../src/core/assessment/assessment.ts'
import { parseAssessment } from '../../../src/core/assessment/parse/parse-assessment.ts'
import {
  chosenOptions,
  scoreAssessment,
  shownQuestions,
  wordingFor,
} from '../../../src/core/assessment/score-assessment.ts'

const FILE = 'lessons/steady-week/assessment.yaml'
const TEXT = readFileSync(FILE, 'utf8')
const NAMES = {
  tracks: ['steady', 'mend', 'bridge', 'reach'],
  overlays: ['lighter', 'gentle'],
  pages: [
    ...['crisis', 'safety', 'safety-urgent', 'own-harm', 'own-harm-both', 'own-harm-unsure', 'volatile', 'support'],
    'help-card',
  ],
}

function read(text: string): Assessment {
  const { value, problems } = parseAssessment(FILE, text, NAMES)
  expect(problems).toEqual([])
  return value as Assessment
}

const assessment = read(TEXT)

/** Any answers a form can send: each question unanswered, declined, or answered. */
const anyAnswers: fc.Arbitrary<AssessmentAnswers> = fc
  .tuple(...assessment.questions.map((question) => anyAnswer(question).map((answer) => [question.id, answer] as const)))
  .map((pairs) => Object.fromEntries(pairs.filter(([, answer]) => answer !== undefined)) as AssessmentAnswers)

function anyAnswer(question: AssessmentQuestion): fc.Arbitrary<string | string[] | undefined> {
  const ids = question.options.map((option) => option.id)
  const given = question.many ? fc.subarray([...ids, PREFER_NOT]) : fc.constantFrom(...ids, PREFER_NOT)
  return fc.option(given as fc.Arbitrary<string | string[]>, { nil: undefined })
}

const routesOf = (answers: AssessmentAnswers) => scoreAssessment(assessment, answers).routes.map((route) => route.id)
const words = (text: string) => text.split(/\s+/).filter((word) => word !== '').length

describe('the questions of the course', () => {
  test('are twelve, with a follow-up to the fifth', () => {
    expect(assessment.questions.filter((question) => question.after === null)).toHaveLength(12)
    expect(assessment.questions.findIndex((question) => question.after !== null)).toBe(5)
  })

  test('one to four are about safety, can be declined and give no points', () => {
    const safety = assessment.questions.slice(0, 4)
    expect(safety.map((question) => [question.safety, question.preferNot, question.score])).toEqual(
      Array(4).fill([true, true, null]),
    )
    const later = assessment.questions.slice(4).filter((question) => question.safety || question.preferNot)
    expect(later.map(({ id, after }) => [id, after?.question])).toEqual([['heat', 'body']])
  })

  test('the follow-up is asked only of those who hurt each other', () => {
    const asked = (answers: AssessmentAnswers) => shownQuestions(assessment, answers).map((question) => question.id)
    expect(asked({})).not.toContain('work-on')
    expect(asked({ closest: 'hurt' })).not.toContain('work-on')
    expect(asked({ closest: 'both' })).toContain('work-on')
  })

  test('the secret contact is not asked about where there was none', () => {
    const asked = (answers: AssessmentAnswers) => shownQuestions(assessment, answers).map((question) => question.id)
    for (const closest of ['alone', 'told']) expect(asked({ closest })).not.toContain('contact')
    for (const closest of ['hurt', 'crossed']) expect(asked({ closest })).toContain('contact')
    expect(asked({})).toContain('contact')
    expect(asked({ closest: 'both', 'work-on': 'alone' })).not.toContain('contact')
    expect(asked({ closest: 'both', 'work-on': 'crossed' })).toContain('contact')
    // The earlier answer does not count any more.
    const result = scoreAssessment(assessment, { closest: 'alone', contact: 'no' })
    expect(result.insights.join(' ')).not.toContain('contact')
  })

  test('heated arguments are asked about only where the body takes over', () => {
    const asked = (answers: AssessmentAnswers) => shownQuestions(assessment, answers).map((question) => question.id)
    expect(asked({ body: 'sometimes' })).not.toContain('heat')
    for (const body of ['often', 'always']) expect(asked({ body })).toContain('heat')
  })

  test('nine, ten and twelve ask those on mend and reach about themselves', () => {
    for (const id of ['hurt-heard', 'care', 'pressure']) {
      const question = assessment.questions.find((candidate) => candidate.id === id) as AssessmentQuestion
      expect(wordingFor(question, 'mend').text).toBe(wordingFor(question, 'reach').text)
      expect(wordingFor(question, 'mend').text).not.toBe(wordingFor(question, 'steady').text)
      expect(wordingFor(question, null).text).toBe(question.text)
      expect(wordingFor(question, 'mend').options.map((option) => option.id)).toEqual(
        question.options.map((option) => option.id),
      )
    }
  })
})

describe('routes', () => {
  test.each<[string, AssessmentAnswers, string[]]>([
    ['fear once', { frightened: 'once' }, ['once']],
    ['fear sometimes', { frightened: 'sometimes' }, ['safety']],
    ['fear often', { frightened: 'often' }, ['safety']],
    ['any act', { 'partner-acts': ['limits'] }, ['safety']],
    ['fear in hot arguments', { body: 'often', heat: ['afraid'] }, ['safety']],
    ['fear of the reader in them', { body: 'often', heat: ['they-fear'] }, ['own-harm-unsure']],
    ['hurt, or children near', { body: 'always', heat: ['hurt', 'children'] }, ['volatile']],
    ['heat that was not asked about', { body: 'never', heat: ['afraid'] }, []],
    ['an act sent as one value', { 'partner-acts': 'sex' }, ['safety']],
    ['pressure on the neck', { 'partner-acts': ['neck'] }, ['safety-urgent', 'safety']],
    ['an act beside "none of these"', { 'partner-acts': ['none', 'threats'] }, ['safety']],
    ['none of these', { 'partner-acts': ['none'] }, []],
    ['own harm', { 'own-harm': 'yes' }, ['own-harm']],
    ['own harm, not sure', { 'own-harm': 'not-sure' }, ['own-harm-unsure']],
    ['passing thoughts', { 'dark-thoughts': 'passing' }, ['support']],
    ['thoughts with a plan', { 'dark-thoughts': 'often' }, ['crisis']],
    ['prefer not to say', { frightened: PREFER_NOT }, ['unsaid']],
    ['prefer not to say beside an act', { 'partner-acts': [PREFER_NOT, 'force'] }, ['safety', 'unsaid']],
    ['no to all four', { frightened: 'no', 'partner-acts': ['none'], 'own-harm': 'no', 'dark-thoughts': 'no' }, []],
    ['fear and own harm', { frightened: 'often', 'own-harm': 'yes' }, ['safety', 'own-harm']],
    [
      'everything at once',
      { frightened: 'often', 'partner-acts': ['neck'], 'own-harm': 'yes', 'dark-thoughts': 'often' },
      ['crisis', 'safety-urgent', 'safety', 'own-harm'],
    ],
  ])('%s', (_name, answers, expected) => {
    expect(routesOf(answers)).toEqual(expected)
  })

  test('are shown with crisis and urgent safety first, and safety before own harm', () => {
    const order = assessment.routes.map((route) => route.id)
    expect(order.slice(0, 4)).toEqual(['crisis', 'safety-urgent', 'safety', 'own-harm'])
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const places = routesOf(answers).map((id) => order.indexOf(id))
        expect(places).toEqual([...places].sort((a, b) => a - b))
      }),
    )
  })

  test('never disappear or become less strict when another option is ticked', () => {
    const acts = assessment.questions.find((question) => question.id === 'partner-acts') as AssessmentQuestion
    const serious = acts.options.filter((option) => !option.alone).map((option) => option.id)
    fc.assert(
      fc.property(anyAnswers, fc.subarray(serious), fc.constantFrom(...serious), (answers, some, more) => {
        const before = scoreAssessment(assessment, { ...answers, 'partner-acts': some })
        const after = scoreAssessment(assessment, { ...answers, 'partner-acts': [...some, more] })
        expect(after.routes.map(({ id }) => id)).toEqual(expect.arrayContaining(before.routes.map(({ id }) => id)))
        expect(after.off).toEqual(expect.arrayContaining([...before.off]))
        expect(ACCESS.indexOf(after.access)).toBeGreaterThanOrEqual(ACCESS.indexOf(before.access))
      }),
    )
  })

  test('define what they disable and what is asked again', () => {
    expect(scoreAssessment(assessment, { 'own-harm': 'yes' })).toMatchObject({
      access: 'open',
      off: ['sharing', 'sheets', 'letters'],
    })
    expect(scoreAssessment(assessment, { 'own-harm': 'not-sure' })).toMatchObject({
      off: ['sharing'],
      askAgain: [{ question: 'own-harm', checkIn: 2, days: null }],
    })
    expect(scoreAssessment(assessment, { 'dark-thoughts': 'passing' })).toMatchObject({
      access: 'first-day',
      askAgain: [{ question: 'dark-thoughts', checkIn: null, days: 1 }],
    })
    expect(scoreAssessment(assessment, { frightened: 'once' })).toMatchObject({ access: 'open', off: ['sheets'] })
    for (const answers of [{ frightened: 'sometimes' }, { 'dark-thoughts': 'often' }]) {
      expect(scoreAssessment(assessment, answers).access).toBe('paused')
    }
  })

  test('show each page once, however many routes name it', () => {
    const result = scoreAssessment(assessment, { frightened: 'once', 'own-harm': PREFER_NOT })
    expect(result.routes.map((route) => route.id)).toEqual(['once', 'unsaid'])
    expect(result.pages).toEqual(['help-card'])
  })
})

describe('track, overlays and bands', () => {
  test.each<[AssessmentAnswers, string | null]>([
    [{ closest: 'hurt' }, 'steady'],
    [{ closest: 'crossed' }, 'mend'],
    [{ closest: 'alone' }, 'bridge'],
    [{ closest: 'told' }, 'reach'],
    [{ closest: 'both' }, null],
    [{ closest: 'both', 'work-on': 'crossed' }, 'mend'],
    [{ closest: 'hurt', 'work-on': 'crossed' }, 'steady'],
    [{}, null],
  ])('%j is on the track %s', (answers, track) => {
    expect(scoreAssessment(assessment, answers).track).toBe(track)
  })

  test.each<[AssessmentAnswers, Record<string, string>, string[]]>([
    [{ since: 'days' }, {}, ['gentle']],
    [{ manage: 'a-bit' }, { load: 'shared' }, []],
    [{ manage: 'mostly' }, { load: 'heavy' }, ['lighter']],
    [{ body: 'sometimes' }, { flood: 'seldom' }, []],
    [{ body: 'often', pressure: 'a-lot' }, { flood: 'often', push: 'strong' }, []],
    [{ 'hurt-heard': 'fix', care: 'now-and-then' }, { gap: 'some' }, []],
    [{ 'hurt-heard': 'quiet', care: 'now-and-then' }, { gap: 'patchy' }, []],
    [{ 'hurt-heard': 'quiet', care: 'not-at-all' }, { gap: 'unmet' }, []],
    [{ 'hurt-heard': 'smaller' }, {}, []],
  ])('%j reads as %j with %j', (answers, bands, overlays) => {
    expect(scoreAssessment(assessment, answers)).toMatchObject({ bands, overlays })
    expect(Object.keys(scoreAssessment(assessment, answers).bands)).toEqual(Object.keys(bands))
  })

  test('a heavier answer never lowers a band', () => {
    const scored = assessment.questions.filter((question) => question.score !== null)
    fc.assert(
      fc.property(anyAnswers, fc.constantFrom(...scored), fc.nat(3), fc.nat(3), (answers, question, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one]
        const rank = (index: number) => {
          const option = question.options[index]?.id ?? ''
          const result = scoreAssessment(assessment, { ...answers, [question.id]: option })
          const score = assessment.scores.find((candidate) => candidate.name === question.score)
          return score?.bands.findIndex((band) => band.id === result.bands[score.name]) ?? -1
        }
        expect(rank(more)).toBeGreaterThanOrEqual(rank(less))
      }),
    )
  })
})

describe('the outcome', () => {
  test('exists for every combination, in at most 250 words', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const result = scoreAssessment(assessment, answers)
        expect(result.line).not.toBe('')
        expect(result.plan.length).toBeGreaterThanOrEqual(1)
        expect(result.plan.length).toBeLessThanOrEqual(3)
        expect(result.insights.length).toBeLessThanOrEqual(3)
        const all = [result.line, ...result.insights, ...result.plan, ...result.why, result.note]
        expect(all.reduce((sum, text) => sum + words(text), 0)).toBeLessThanOrEqual(250)
      }),
      { numRuns: 2000 },
    )
  })

  test('stays within 250 words even with the longest of all parts', () => {
    const { line, insights, plan, why, note } = assessment.outcome
    const longest = (texts: readonly string[], many: number) =>
      texts
        .map(words)
        .sort((a, b) => b - a)
        .slice(0, many)
        .reduce((sum, count) => sum + count, 0)
    const most =
      longest(
        line.map((entry) => entry.text),
        1,
      ) +
      longest(
        insights.map((entry) => entry.text),
        3,
      ) +
      longest(
        plan.map((entry) => entry.steps.join(' ')),
        1,
      ) +
      longest(
        why.map((entry) => entry.text),
        3,
      ) +
      words(note)
    expect(most).toBeLessThanOrEqual(250)
  })

  test('says that the questions are untested and that no never means safe', () => {
    expect(scoreAssessment(assessment, {}).note).toMatch(/No study has tested/)
    expect(scoreAssessment(assessment, {}).note).toMatch(/"no" never means safe/)
  })

  test('shows the author’s text unchanged, so that no points and no total can appear', () => {
    const { line, insights, plan, why, note } = assessment.outcome
    const written = new Set([
      ...[...line, ...insights, ...why].map((entry) => entry.text),
      ...plan.flatMap((entry) => entry.steps),
      note,
    ])
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const result = scoreAssessment(assessment, answers)
        for (const text of [result.line, ...result.insights, ...result.plan, ...result.why, result.note]) {
          expect(written.has(text)).toBe(true)
        }
        const { routes: _routes, askAgain: _askAgain, ...shown } = result
        expect(JSON.stringify(shown, (_key, value) => (typeof value === 'number' ? 'a number' : value))).not.toContain(
          'a number',
        )
      }),
    )
  })

  test('has only text written for a route while the course is paused', () => {
    const { line, insights, plan, why } = assessment.outcome
    const forRoutes = new Set([
      ...[...line, ...insights, ...why].flatMap((entry) => ((entry.when?.route.length ?? 0) > 0 ? [entry.text] : [])),
      ...plan.flatMap((entry) => ((entry.when?.route.length ?? 0) > 0 ? entry.steps : [])),
    ])
    fc.assert(
      fc.property(anyAnswers, fc.constantFrom('sometimes', 'often'), (answers, frightened) => {
        const result = scoreAssessment(assessment, { ...answers, frightened })
        for (const text of [result.line, ...result.insights, ...result.plan, ...result.why]) {
          expect(forRoutes.has(text)).toBe(true)
        }
      }),
    )
  })

  test('may be emailed only if no safety answer affected it', () => {
    const safe = { frightened: 'no', 'partner-acts': ['none'], 'own-harm': 'no', 'dark-thoughts': 'no' }
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const result = scoreAssessment(assessment, answers)
        if (!result.mailable) return
        const without = scoreAssessment(assessment, { ...answers, ...safe })
        expect([result.line, result.plan]).toEqual([without.line, without.plan])
      }),
    )
    for (const answers of [
      { frightened: 'often' },
      { 'own-harm': 'yes' },
      { 'dark-thoughts': 'passing' },
      { 'dark-thoughts': 'often' },
    ]) {
      expect(scoreAssessment(assessment, { closest: 'hurt', ...answers }).mailable).toBe(false)
    }
    expect(scoreAssessment(assessment, { closest: 'hurt', ...safe }).mailable).toBe(true)
  })

  test('puts the end of the contact first for those who still have it', () => {
    const mend = scoreAssessment(assessment, { closest: 'crossed', contact: 'no' })
    expect(mend.insights[0]).toMatch(/Ending this comes first/)
    expect(mend.plan[0]).toMatch(/^End the contact/)
    expect(scoreAssessment(assessment, { closest: 'hurt', contact: 'no' }).insights[0]).toMatch(/limits come before/)
  })

  test('offers no praise for care and no blame of the partner to someone who does harm', () => {
    const heard = { 'hurt-heard': 'smaller', care: 'not-at-all' }
    const result = scoreAssessment(assessment, { closest: 'hurt', 'own-harm': 'yes', ...heard })
    expect(result.insights.join(' ')).not.toMatch(/asked a lot/)
  })

  test('says one thing about the care that gets through, in the words of the track', () => {
    const { insights } = assessment.outcome
    const ofGap = new Set(insights.filter((entry) => entry.when?.band.gap !== undefined).map((entry) => entry.text))
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const shown = scoreAssessment(assessment, answers).insights.filter((text) => ofGap.has(text))
        expect(shown.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('treats unknown questions and options as unanswered', () => {
    const nothing = scoreAssessment(assessment, {})
    expect(scoreAssessment(assessment, { closest: 'other', nonsense: 'x', frightened: 'constructor' })).toEqual(nothing)
  })
})

describe('a file with problems', () => {
  const faultsOf = (text: string) => parseAssessment(FILE, text, NAMES).problems
  const lineOf = (part: string) => TEXT.slice(0, TEXT.indexOf(part)).split('\n').length

  test.each<[string, string, string, RegExp]>([
    [
      'a track the course lacks',
      'track: bridge }\n      - { id: told',
      'track: bride }\n      - { id: told',
      /no track "bride"/,
    ],
    [
      'a route that is not there',
      'No }\n      - { id: once, label: "Once, not since", route: once',
      'No }\n      - { id: once, label: "Once, not since", route: never',
      /no route "never"/,
    ],
    ['a page that is not there', 'page: support\n', 'page: suport\n', /no page "suport"/],
    ['an unknown key', 'minutes: 4', 'minuts: 4', /unknown key "minuts"/],
    ['bands with a gap', 'id: patchy, from: 3', 'id: patchy, from: 4', /does not start at 3/],
    ['bands that end early', 'id: unmet, from: 5, to: 6', 'id: unmet, from: 5, to: 5', /end at 5; answers reach 6/],
    [
      'points on a safety question',
      'id: yes, label: Yes, route: own-harm',
      'id: yes, label: Yes, points: 2',
      /has effects other than routes/,
    ],
    [
      'an outcome that names a safety answer',
      'when: { track: bridge }',
      'when: { answer: { own-harm: yes } }',
      /answer to the safety question/,
    ],
    [
      'no last line for everyone',
      '    - text: Something between',
      '    - when: { track: reach }\n      text: Something between',
      /Some answers have no line/,
    ],
    [
      'a paused route without words',
      '    - when: { route: safety }\n      text',
      '    - when: { route: support }\n      text',
      /"safety" pauses the course and has no line/,
    ],
    ['a doubled question', '- id: care\n', '- id: contact\n', /Two questions are called "contact"/],
  ])('names %s', (_name, from, to, what) => {
    expect(TEXT).toContain(from)
    const problems = faultsOf(TEXT.replace(from, to))
    expect(problems.map((problem) => problem.what).join('\n')).toMatch(what)
    for (const problem of problems)
      expect([problem.file, problem.fix !== '', (problem.line ?? 0) > 0]).toEqual([FILE, true, true])
  })

  test('is reported with the line of the problem', () => {
    const [problem] = faultsOf(TEXT.replace('page: support\n', 'page: suport\n'))
    expect(problem?.line).toBe(lineOf('- id: support'))
  })

  test('is reported all at once', () => {
    const problems = faultsOf(TEXT.replace('minutes: 4', 'minutes: many').replace('track: reach }', 'track: rich }'))
    expect(problems.length).toBeGreaterThanOrEqual(2)
  })

  test.each(['', '- a list', 'title: [', 'title: one\ntitle: two'])('is refused when it is %j', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0)
  })

  test('is reported when no answer leads to a track of the course', () => {
    const problems = parseAssessment(FILE, TEXT, { ...NAMES, tracks: [...NAMES.tracks, 'fifth'] }).problems
    expect(problems.map((problem) => problem.what)).toContain('No answer leads to the track "fifth".')
  })
})

test('only one answer counts in a question with a single answer', () => {
  const question = assessment.questions.find((candidate) => candidate.id === 'closest') as AssessmentQuestion
  expect(chosenOptions(question, { closest: ['crossed', 'alone'] })).toHaveLength(1)
})

describe('the outcome', () => {
  const outcomeOf = (answers: AssessmentAnswers) => scoreAssessment(assessment, answers)

  test('for somebody who is hurt and did harm opens with the question which way round it is', () => {
    const page = (answers: AssessmentAnswers) => outcomeOf(answers).routes.map((route) => `${route.id}: ${route.page}`)
    expect(page({ 'own-harm': 'yes' })).toEqual(['own-harm: own-harm'])
    expect(page({ 'own-harm': 'yes', frightened: 'often' })).toContain('own-harm: own-harm-both')
    expect(page({ 'own-harm': 'yes', 'partner-acts': ['neck'] })).toContain('own-harm: own-harm-both')
    const text = readFileSync('lessons/steady-week/pages/own-harm-both.md', 'utf8')
    expect(text.split('---\n')[2]?.trim()).toMatch(/^\*\*Or is it the other way round\?\*\*/)
  })

  test.each(['hurt', 'crossed', 'alone', 'told'])(
    'says to two who hurt each other that both did, whatever they work on (%s)',
    (workOn) => {
      expect(outcomeOf({ closest: 'both', 'work-on': workOn }).line).toMatch(/^You have both been hurt\./)
    },
  )

  test.each<[AssessmentAnswers, RegExp]>([
    [{ closest: 'hurt' }, /affection here, and your hurt still gets made smaller/],
    [{ closest: 'alone' }, /affection here, and your hurt still gets made smaller/],
    [{ closest: 'told' }, /You show care, and when they say that it hurts you make it smaller/],
  ])('of %j says so where hurts are made smaller although affection is shown', (answers, said) => {
    for (const care of ['weekly', 'now-and-then']) {
      const { insights } = outcomeOf({ ...answers, 'hurt-heard': 'smaller', care })
      expect(insights.join(' ')).toMatch(said)
      expect(insights.join(' ')).not.toMatch(/care gets through/)
    }
    expect(outcomeOf({ ...answers, 'hurt-heard': 'smaller', care: 'not-at-all' }).insights.join(' ')).not.toMatch(said)
    expect(outcomeOf({ ...answers, 'hurt-heard': 'quiet', care: 'weekly' }).insights.join(' ')).not.toMatch(said)
  })
})

describe('a question for some tracks', () => {
  const faultsOf = (from: string, to: string) => {
    expect(TEXT).toContain(from)
    return (parseAssessment(FILE, TEXT.replace(from, to), NAMES).problems ?? []).map(({ what }) => what).join('\n')
  }

  test('names existing tracks', () => {
    expect(faultsOf('    for: [steady, mend, common]', '    for: [steady, ment]')).toContain('There is no track "ment"')
  })

  test('comes after the question that leads to a track, and leads to none', () => {
    expect(faultsOf('  - id: frightened\n', '  - id: frightened\n    for: [steady]\n')).toContain(
      'are not known yet when it is asked',
    )
    expect(faultsOf('  - id: work-on\n', '  - id: work-on\n    for: [steady]\n')).toContain(
      'are not known yet when it is asked',
    )
  })

  test('a page named in "beside" exists, and so do its routes', () => {
    expect(faultsOf('page: own-harm-both }', 'page: own-harm-bath }')).toContain('There is no page "own-harm-bath"')
    expect(faultsOf('{ route: [safety, safety-urgent]', '{ route: [safely]')).toContain('There is no route "safely"')
  })
})
