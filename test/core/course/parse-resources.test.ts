import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { pageLinks, withPageLinks } from '../../../src/core/course/care-page.ts'
import {
  type CourseResources,
  parseResources,
  publicCarePages,
} from '../../../src/core/course/parse/parse-resources.ts'
import { blocksFor } from '../../../src/core/course/variant.ts'
import type { Problem } from '../../../src/core/errors.ts'

const FOLDER = 'lessons/steady-week/'
const audience = (name: string) => ({ name, title: name, summary: name })
const COURSE = {
  tracks: ['steady', 'mend', 'bridge', 'reach'].map(audience),
  overlays: ['lighter', 'gentle'].map(audience),
  discreet: { sender: 'Notes', title: 'Notes', subject: 'A note', preheader: 'Your page is ready.' },
}

const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(md|yaml)$/.test(path))
  .map((path) => ({ path, file: FOLDER + path, text: readFileSync(FOLDER + path, 'utf8') }))

function read(files = FILES): CourseResources {
  const parsed = parseResources(COURSE, files)
  expect('problems' in parsed ? parsed.problems : []).toEqual([])
  return (parsed as { resources: CourseResources }).resources
}

/** The problems after a text is replaced in one file, or after the file is removed. */
function faultsWith(path: string, from: string | null, to = ''): readonly Problem[] {
  const changed = FILES.flatMap((file) => {
    if (file.path !== path) return [file]
    if (from === null) return []
    expect(file.text).toContain(from)
    return [{ ...file, text: file.text.replace(from, to) }]
  })
  const parsed = parseResources(COURSE, changed)
  return 'problems' in parsed ? parsed.problems : []
}

const resources = read()
const words = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

describe('the course has', () => {
  test('a care page for every route, and pages anyone may open', () => {
    expect(publicCarePages(resources).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['help', 'grounding', 'disclaimer', 'privacy']),
    )
    for (const route of resources.assessment?.routes ?? []) {
      expect(resources.pages.map(({ name }) => name)).toContain(route.page)
      expect(publicCarePages(resources).map(({ name }) => name)).not.toContain(route.page)
    }
  })

  test('the numbers of its kind on each page that needs them', () => {
    const numbers = Object.fromEntries(resources.pages.map((page) => [page.name, page.numbers]))
    expect(numbers).toMatchObject({
      help: ['emergency', 'abuse', 'crisis', 'own-behaviour', 'birth'],
      safety: ['emergency', 'abuse'],
      'safety-urgent': ['emergency', 'abuse'],
      crisis: ['crisis', 'emergency'],
    })
    expect(numbers['own-harm']).toContain('own-behaviour')
  })

  test('four check-ins with an email of at most 150 words for every reader', () => {
    expect(resources.checkIns.map(({ week }) => week)).toEqual([1, 2, 3, 4])
    for (const checkIn of resources.checkIns) {
      for (const track of [null, ...COURSE.tracks.map(({ name }) => name)]) {
        const mail = blocksFor(checkIn.body, { track, overlays: ['lighter', 'gentle'] }, { page: false })
        const count = words(mail.map(({ text }) => text.markdown).join('\n\n'))
        expect(count).toBeGreaterThan(40)
        expect(count).toBeLessThanOrEqual(150)
      }
    }
  })

  test('the fear question again in weeks two and four', () => {
    expect(resources.checkIns.filter(({ ask }) => ask.includes('frightened')).map(({ week }) => week)).toEqual([2, 4])
    expect(resources.checkIns[3]?.ask).toEqual(
      expect.arrayContaining(['dark-thoughts', 'body', 'hurt-heard', 'care', 'manage', 'pressure']),
    )
  })

  test('ten articles of 500 to 900 words, each with its sources', () => {
    expect(resources.articles.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const { markdown } of resources.articles) {
      expect(words(markdown)).toBeGreaterThanOrEqual(500)
      expect(words(markdown)).toBeLessThanOrEqual(900)
      expect(markdown).toMatch(/\n## Sources\n\n- .*\d{4}|\n## Sources\n\n- .*studies/)
    }
  })

  test('ten questions with an answer, a follow-up and a second answer', () => {
    expect(resources.questions).toHaveLength(10)
    for (const { question, followUp } of resources.questions) expect([question, followUp].join(' ')).toMatch(/\?.*\?/s)
  })

  test('none of the forbidden words', () => {
    const never = [
      'it takes two',
      'just forgive',
      'at least',
      'everything happens for a reason',
      "you'll be stronger",
      'save your marriage',
      'if they loved you',
      'narcissist',
      'stay for the children',
      'leave now',
      'cheater',
      'mistress',
      'victim mentality',
    ]
    const own = FILES.filter(({ path }) => /^(pages|library|check-ins)\/|^assessment/.test(path))
    expect(own.length).toBeGreaterThan(20)
    const found = own.flatMap(({ path, text }) =>
      never
        .filter((phrase) => text.toLowerCase().replace(/\s+/g, ' ').includes(phrase))
        .map((phrase) => [path, phrase]),
    )
    expect(found).toEqual([])
  })
})

describe('problems are reported for', () => {
  test.each<[string, string, string | null, string, RegExp]>([
    ['a link to a page that is not there', 'pages/help.md', '(page:grounding)', '(page:ground)', /no page "ground"/],
    ['a link to a page of a route', 'pages/help.md', '(page:grounding)', '(page:crisis)', /no page "crisis"/],
    ['a link in an answer', 'library/questions.yaml', '(page:help)', '(page:halp)', /no page "halp"/],
    ['a link in an article', 'library/setbacks.md', '(page:help)', '(page:halp)', /no page "halp"/],
    ['a link in a rule', 'check-ins/rules.yaml', '(page:help)', '(page:halp)', /no page "halp"/],
    ['an unknown kind of number', 'pages/help.md', '[emergency,', '[police,', /"police"/],
    ['a page without a title', 'pages/help.md', 'title: Help\n', '', /no "title"/],
    ['a page that a route needs', 'pages/crisis.md', null, '', /no page "crisis"/],
    ['a help page that is missing', 'pages/help.md', null, '', /no page "help"/],
    ['a page without front matter', 'pages/help.md', '---\ntitle', 'title', /no front matter/],
    ['a week that differs from its name', 'check-ins/week-2.md', 'week: 2', 'week: 3', /named week 2/],
    ['a missing week', 'check-ins/week-2.md', null, '', /week before this one/],
    [
      'a question the assessment lacks',
      'check-ins/week-2.md',
      'ask: [frightened]',
      'ask: [afraid]',
      /no question "afraid"/,
    ],
    ['a rule about no slider', 'check-ins/rules.yaml', 'up: [alone]', 'up: [lonely]', /no.* slider "lonely"/i],
    [
      'an article that is not there',
      'library/questions.yaml',
      'article: setbacks',
      'article: setback',
      /no article "setback"/,
    ],
    ['a doubled question', 'library/questions.yaml', 'id: no-letter', 'id: no-sex', /is used twice/],
    ['a situation the course lacks', 'library/questions.yaml', 'for: [steady]', 'for: [wobbly]', /"wobbly"/],
    ['an audience the course lacks', 'library/setbacks.md', 'order: 10', 'order: 10\nfor: [wobbly]', /"wobbly"/],
  ])('%s', (_name, path, from, to, what) => {
    const problems = faultsWith(path, from, to)
    expect(problems.map((problem) => problem.what).join('\n')).toMatch(what)
    for (const problem of problems) expect(problem.file.startsWith(FOLDER) && problem.fix !== '').toBe(true)
  })

  test('with the line of the link', () => {
    const text = FILES.find(({ path }) => path === 'pages/help.md')?.text ?? ''
    const [problem] = faultsWith('pages/help.md', '(page:grounding)', '(page:ground)')
    expect(problem?.line).toBe(text.slice(0, text.indexOf('(page:grounding)')).split('\n').length)
  })
})

test('a course with nothing but lessons is valid', () => {
  const parsed = parseResources(
    COURSE,
    FILES.filter(({ path }) => !/\//.test(path) && path.startsWith('day-')),
  )
  expect(parsed).toEqual({
    resources: {
      assessment: null,
      helpNumbers: null,
      pages: [],
      checkIns: [],
      checkInRules: [],
      articles: [],
      questions: [],
      replacementPages: [],
    },
  })
})

test('links to care pages take the address they are given', () => {
  const markdown = 'See [help](page:help) and [a site](https://example.org).'
  expect(withPageLinks(markdown, (page) => `/x/${page}`)).toBe('See [help](/x/help) and [a site](https://example.org).')
  expect(pageLinks(`First.\n\n${markdown}`, 5)).toEqual([{ page: 'help', line: 7 }])
})
