import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { loadCourses } from '../../src/content/load-courses.ts'
import { NO_STARTING_POINT, type StartingPoint } from '../../src/core/assessment/starting-point.ts'
import type { Block, Course, Lesson } from '../../src/core/course/course.ts'
import type { Field } from '../../src/core/course/fields/field-types.ts'
import { variantsOf } from '../../src/core/course/parse/check-words.ts'
import type { CourseResources } from '../../src/core/course/parse/parse-resources.ts'
import { closingAsRestricted, lessonAsRestricted } from '../../src/core/course/restricted-lesson.ts'
import { blocksFor, fieldsFor } from '../../src/core/course/variant.ts'
import { COMMON_VARIANT, type Variant } from '../../src/core/model.ts'
import { createMarkdown } from '../../src/core/text/markdown.ts'
import { fillPlaceholders } from '../../src/core/text/placeholders.ts'
import { measureText } from '../../src/core/text/readability.ts'

/** What the course "Steady Week" promises its readers, as far as a machine can hold it. */
const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url))
const FOLDER = join(LESSONS, 'steady-week')
const TRACKS = ['steady', 'mend', 'bridge', 'reach']
const DAYS = [1, 2, 3, 4, 5, 6, 7]
const markdown = createMarkdown()

let course: Course
let resources: CourseResources
/** Every text file of the course but what earlier versions were, by its path. */
let files: { path: string; text: string }[]

beforeAll(async () => {
  const courses = await loadCourses(LESSONS)
  course = courses.get('steady-week') as Course
  resources = courses.resourcesOf('steady-week')
  const paths = (await readdir(FOLDER, { recursive: true })).filter((path) => /\.(md|yaml)$/.test(path))
  files = await Promise.all(
    paths
      .filter((path) => !path.startsWith('earlier'))
      .map(async (path) => ({ path, text: await readFile(join(FOLDER, path), 'utf8') })),
  )
})

const dayOf = (day: number) => course.lessons[day - 1] as Lesson
/** Each paragraph on one line. */
const plain = (blocks: readonly Block[], of = (text: string) => text) =>
  fillPlaceholders(blocks.map(({ text }) => markdown.toText(of(text.markdown))).join('\n\n'), {
    name: 'Ada',
    weekday: 'Monday',
  })
    .replace(/^> ?/gm, '')
    .replace(/(?<!\n)\n(?!\n)/g, ' ')
const mailOf = (body: readonly Block[], variant: Variant, after?: boolean) =>
  plain(blocksFor(body, variant, { page: false, ...(after === undefined ? {} : { after }) }))
const paragraphs = (text: string) => text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
/** Running text alone: what people say to one another in a dialogue, and the points of a list, are short by nature. */
const proseOf = (body: readonly Block[], variant: Variant) =>
  paragraphs(plain(blocksFor(body, variant, { page: false }), (text) => text.replace(/^(>|[-*] |\d+\. ).*$/gm, '')))
    .filter((paragraph) => paragraph.split(' ').length > 5)
    .join('\n\n')
/** Sentences of a scene; what is said inside quotation marks belongs to the sentence around it. */
const sentencesOf = (text: string) =>
  measureText(text.replace(/["“][^"”]*["”]/g, (said) => said.replace(/[.?!](?!["”])/g, ','))).sentences

const restricted = (
  access: 'open' | 'first-day' | 'paused',
  off: ('sharing' | 'sheets' | 'letters')[],
): StartingPoint => ({
  ...NO_STARTING_POINT,
  holds: [{ access, off, until: null }],
})
const OWN_HARM = restricted('open', ['sharing', 'sheets', 'letters'])
const SUPPORT = restricted('first-day', ['sharing'])
const PAUSED = restricted('paused', ['sharing', 'sheets', 'letters'])

/** Everything of the course that this starting point leaves, as its own reader sees it: days, closing, check-ins. */
function everythingFor(start: StartingPoint): { of: string; text: string }[] {
  const holding = { course, resources, start, at: 0 }
  const pages = [
    ...course.lessons,
    ...resources.checkIns.map((checkIn) => ({ ...checkIn, day: course.lessons.length + 1 + checkIn.week }) as Lesson),
  ].map((lesson) => lessonAsRestricted(lesson, holding))
  const shown = pages.flatMap((lesson) =>
    [null, ...TRACKS].map((track) => {
      const variant = { track, overlays: [] }
      const words = plain(blocksFor(lesson.body, variant, { page: true }))
      return {
        of: `${lesson.day} for ${track}`,
        text: `${words}\n${wordsOf(fieldsFor(lesson.exercise, variant, 'full'))}`,
      }
    }),
  )
  return [...shown, { of: 'closing', text: plain(closingAsRestricted(course.closing, holding).body) }]
}

function wordsOf(fields: readonly Field[]): string {
  return JSON.stringify(fields)
}

describe('somebody who said that they do harm', () => {
  test('is never told to stay, in no lesson, page or check-in in force', () => {
    for (const { of, text } of everythingFor(OWN_HARM)) {
      expect([
        of,
        text.match(/stay(ing)? (in the room|near|close|with them|put)|your part is to stay|never leave/gi),
      ]).toEqual([of, null])
    }
    expect(files.filter(({ text }) => /stay(ing)? in the room/i.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('gets a page of their own in place of every day after the first, and of every check-in', () => {
    const own = everythingFor(OWN_HARM)
    const open = everythingFor(NO_STARTING_POINT)
    for (const [index, { of, text }] of own.entries()) {
      const isFirst = of.startsWith('1 for')
      expect([of, text === open[index]?.text]).toEqual([of, isFirst])
    }
    const days = own.filter(({ of }) => /^[2-7] for null/.test(of)).map(({ text }) => text)
    expect(new Set(days).size).toBe(6)
  })

  test('finds no letter, request or line to use on the other person there', () => {
    for (const { of, text } of everythingFor(OWN_HARM).filter((page) => !page.of.startsWith('1 for'))) {
      expect([
        of,
        text.match(/would you|redo|say it back|empathy letter|(?<!don't )write to (her|him|them)/gi),
      ]).toEqual([of, null])
    }
  })
})

describe('somebody whose week is held back', () => {
  test.each<[string, () => StartingPoint]>([
    ['for support', () => SUPPORT],
    ['for safety', () => PAUSED],
  ])('%s reads why, and how it goes on', (_why, start) => {
    const held = everythingFor(start()).filter(({ of }) => /^[2-7] for/.test(of))
    expect(held).toHaveLength(30)
    for (const { text } of held) expect(text).toMatch(/This page stands where (today's|a) lesson would be/)
    for (const { text } of held) expect(text).toMatch(/starting point/i)
  })

  test('in words that tell a stranger nothing, where thoughts are dark', () => {
    const texts = resources.replacementPages
      .filter(({ restriction }) => restriction === 'first-day')
      .map((one) => one.markdown)
    expect(texts).toHaveLength(3)
    expect(texts.join('\n')).not.toMatch(/suicid|dark|harm|dying|thoughts|crisis|safety/i)
  })

  test.each<[string, () => StartingPoint]>([
    ['own harm', () => OWN_HARM],
    ['support', () => SUPPORT],
    ['safety', () => PAUSED],
  ])('is not thanked at the end for what they could not do (%s)', (_why, start) => {
    const closing = plain(closingAsRestricted(course.closing, { course, resources, start: start(), at: 0 }).body)
    expect(closing).not.toMatch(/you (made|had room|learnt|looked|practised)|base card|your cards|two pages|check-in/i)
    expect(closing).not.toBe(plain(course.closing.body))
  })

  test('and the closing of everybody else says nothing that a day not taken makes untrue', () => {
    expect(plain(course.closing.body)).not.toMatch(/you (made|had room|learnt|looked|practised)/i)
    expect(plain(course.closing.body)).toMatch(/check-in of about three minutes/)
  })
})

describe('subjects and senders', () => {
  const mails = () => [...course.lessons, course.closing, ...resources.checkIns]

  test('of discreet mail are one plain form and one sender, on every day', () => {
    expect(new Set(mails().map(({ discreetSubject }) => discreetSubject))).toEqual(new Set(['Your {{weekday}} note']))
    expect(course.discreet.sender).toBe('Daily notes')
    expect(files.filter(({ path, text }) => path !== 'course.yaml' && /^discreet:/m.test(text))).toEqual([])
  })

  test('of check-ins and the closing could be read on a shared screen', () => {
    for (const { subject, preheader } of [course.closing, ...resources.checkIns]) {
      expect(`${subject} ${preheader}`).not.toMatch(
        /ask|back|dip|pain|old|new|injur|what you did|hurt|safe|afraid|partner/i,
      )
    }
  })

  test('of no mail after the course mention fear', () => {
    for (const checkIn of resources.checkIns)
      for (const track of [null, ...TRACKS])
        expect(mailOf(checkIn.body, { track, overlays: [] })).not.toMatch(/afraid|frighten|threat|danger:/i)
  })
})

describe('words that could endanger somebody', () => {
  const all = () => files.map(({ path, text }) => ({ path, text: text.replace(/\s+/g, ' ') }))
  const where = (words: RegExp) =>
    all()
      .filter(({ text }) => words.test(text))
      .map(({ path }) => path)

  test('nothing suggests announcing that one leaves, or taking what is theirs', () => {
    expect(
      where(/sleep at a friend|stay with a friend|I'll leave you|I will leave you|I'll live apart|I'm leaving you/i),
    ).toEqual([])
    expect(where(/take no keys/i)).toEqual([])
    expect(where(/don't take their keys or phone/)).toEqual(
      expect.arrayContaining(['pages/own-harm.md', 'pages/own-harm-both.md', 'instead/letters/day-2.md']),
    )
  })

  test('medicine is never among what to leave out', () => {
    expect(where(/no (drink or )?drugs/i)).toEqual([])
    expect(where(/no alcohol and no street drugs/i)).toEqual(['pages/crisis.md'])
    for (const page of ['pages/crisis.md', 'pages/support.md'])
      expect(where(/Keep taking the medicine you've been prescribed/)).toContain(page)
  })

  test('a full telling waits for a therapist, unless health, money or safety is at risk', () => {
    for (const { path, text } of all())
      for (const [, after = ''] of text.matchAll(/full telling belongs with a therapist(.{0,120})/g))
        expect([path, after]).toEqual([
          path,
          expect.stringMatching(/unless someone's health, money or safety is at risk/),
        ])
  })

  test.each(['steady', 'mend'])('sexual health is spoken of once, early, on %s', (track) => {
    const days = [1, 2].map((day) => mailOf(dayOf(day).body, { track, overlays: [] }))
    expect(days.join('\n').match(/sexual-health check/g)).toHaveLength(1)
  })

  test('danger and dishonesty are told apart: only danger leads to the help page', () => {
    const [first] = resources.checkIns
    const hints = Object.fromEntries(first?.exercise.fields.map(({ id, hint }) => [id, hint]) ?? [])
    expect(hints.red).toMatch(/fear, threats.*help page/i)
    expect(hints.red).not.toMatch(/\blie/i)
    expect(hints.amber).toMatch(/a new lie/)
    expect(hints.amber).not.toMatch(/help page/)
  })

  test('answers are not said to be kept', () => {
    expect(where(/We keep none of these answers, and they never go into an email/)).toEqual(['pages/safety.md'])
    expect(where(/none of these answers unless/)).toEqual([])
  })

  test('a baby and low days lead to a doctor', () => {
    expect(mailOf(dayOf(1).body, { track: 'bridge', overlays: [] })).toMatch(/doctor or midwife this week/)
  })
})

describe.each(DAYS)('lesson %i', (day) => {
  test('opens with a scene of two or three sentences about the reader', () => {
    for (const track of [null, ...TRACKS]) {
      const [hello, scene = ''] = paragraphs(mailOf(dayOf(day).body, { track, overlays: [] }))
      expect(hello).toBe('Hello, Ada,')
      expect([track, scene]).toEqual([track, expect.stringMatching(/\byou(r|'re|'ve|'d)?\b/i)])
      expect([track, scene, [2, 3].includes(sentencesOf(scene))]).toEqual([track, scene, true])
    }
  })

  test('runs to about fourteen words a sentence, and reads at grade six at most', () => {
    for (const variant of variantsOf(course)) {
      const { words, sentences } = measureText(proseOf(dayOf(day).body, variant))
      const average = words / sentences
      expect([variant, average > 11.5 && average < 16.5 ? 'about 14' : average]).toEqual([variant, 'about 14'])
      expect(measureText(mailOf(dayOf(day).body, variant)).grade).toBeLessThanOrEqual(6)
    }
  })

  test('names what comes tomorrow, below the button, and signs off there', () => {
    for (const variant of variantsOf(course)) {
      const after = paragraphs(mailOf(dayOf(day).body, variant, true))
      expect(after[0]).toMatch(/^Tomorrow: \w.{20,}\.$/)
      expect(after.slice(1)).toEqual(['With care,', 'Steady Week'])
      expect(mailOf(dayOf(day).body, variant, false)).not.toMatch(/With care/)
    }
  })

  test('has one study at the most, on the page too', () => {
    for (const track of [null, ...TRACKS]) {
      const page = (onPage: boolean) => plain(blocksFor(dayOf(day).body, { track, overlays: [] }, { page: onPage }))
      expect(page(false).match(/\b(19|20)\d\d\b/g)?.length ?? 0).toBeLessThanOrEqual(1)
      expect(page(true).match(/\b(19|20)\d\d\b/g)?.length ?? 0).toBeLessThanOrEqual(1)
    }
  })

  test('asks for one thing', () => {
    for (const variant of variantsOf(course)) {
      const text = mailOf(dayOf(day).body, variant, false)
      expect(text.match(/\b(Today's (one )?task|Today you (write|sort))\b/g)).toHaveLength(1)
      expect(text.split('help page').length - 1).toBeLessThanOrEqual(2)
    }
  })

  test('is done in ten minutes on a phone: what is asked at once is short', () => {
    expect(dayOf(day).exercise.minutes).toBeLessThanOrEqual(10)
    for (const variant of variantsOf(course)) {
      const fields = fieldsFor(dayOf(day).exercise, variant, 'full')
      const now = fields.filter(({ later, type }) => !later && type !== 'note')
      expect([variant, now.filter(({ type }) => type === 'long').length <= 4]).toEqual([variant, true])
      expect([variant, now.length <= 12 ? 'few' : now.map(({ id }) => id)]).toEqual([variant, 'few'])
      for (const field of fields)
        if (field.type === 'scale') expect((field.max - field.min) / (field.step ?? 1)).toBeLessThanOrEqual(10)
    }
  })

  test('puts what may wait together, under one line', () => {
    for (const variant of variantsOf(course)) {
      const fields = fieldsFor(dayOf(day).exercise, variant, 'full')
      const changes = fields.filter(({ later }, index) => later && !fields[index - 1]?.later)
      expect([variant, changes.map(({ id }) => id).slice(1)]).toEqual([variant, []])
    }
  })

  test('leads to a piece of the library, for every reader', () => {
    const pieces = [...resources.articles.map(({ name }) => name), ...resources.questions.map(({ id }) => id)]
    const readOn = dayOf(day).readOn ?? []
    expect(readOn.at(-1)?.audiences).toEqual([])
    for (const { piece } of readOn) expect(pieces).toContain(piece)
  })
})

describe('the week', () => {
  test('leads with the starting point', () => {
    expect(course.lessons.map(({ startingPoint }) => startingPoint ?? false)).toEqual([true, ...Array(6).fill(false)])
    for (const track of [null, ...TRACKS]) {
      const [, , , fourth = ''] = paragraphs(mailOf(dayOf(1).body, { track, overlays: [] }))
      expect(fourth).toMatch(/^Please begin with your starting point/)
    }
  })

  test('does not pour every day into one mould', () => {
    const shapeOf = (day: number) => {
      const body = blocksFor(dayOf(day).body, { track: 'steady', overlays: [] }, { page: false })
      const text = body.map((block) => block.text.markdown).join('\n')
      const has = (pattern: RegExp) => (text.match(pattern)?.length ?? 0) > 0
      return [has(/^>/m), has(/^1\. /m), has(/^- /m), has(/^\*\*Before/m), has(/^\*\*[^*]+\?\*\*/m)]
        .map(Number)
        .join('')
    }
    expect(Object.fromEntries(DAYS.map((day) => [day, shapeOf(day)]))).toEqual({
      ...{ 1: '00000', 2: '01000', 3: '10000', 4: '00010', 5: '00001', 6: '00100', 7: '00100' },
    })
    expect(mailOf(dayOf(6).body, { track: 'steady', overlays: [] })).toMatch(/The bad ask/)
    expect(mailOf(dayOf(7).body, { track: 'steady', overlays: [] })).toMatch(/Notice.*6\.10/)
  })

  test('has worked examples on the page alone, said to be made up', () => {
    const examples = (day: number, track: string) => {
      const variant = { track, overlays: [] }
      const page = blocksFor(dayOf(day).body, variant, { page: true }).filter(({ pageOnly }) => pageOnly)
      return page.map(({ text }) => text.markdown).join('\n')
    }
    for (const track of TRACKS) expect(examples(2, track)).toMatch(/made up/)
    for (const track of ['steady', 'bridge']) expect(examples(4, track)).toMatch(/made up[\s\S]*Nobody wrote this one/)
    for (const track of TRACKS)
      expect(examples(5, track)).toMatch(/weak and repaired[\s\S]*made up[\s\S]*Weak:[\s\S]*Repaired:/)
    for (const track of TRACKS) {
      expect(mailOf(dayOf(3).body, { track, overlays: [] })).toMatch(/made up/)
      expect(mailOf(dayOf(6).body, { track, overlays: [] })).toMatch(/The bad (ask|promise|plan)/)
    }
  })

  test.each([
    ['steady', ['ask', 'limit'], /one ask or one limit/],
    ['mend', ['repair-1'], /one repair with a date/],
    ['bridge', ['menu'], /a care menu/],
    ['reach', ['gesture-1'], /one small act with a day/],
  ])('has a step on day six that fits %s', (track, ids, said) => {
    const variant = { track, overlays: [] }
    expect(mailOf(dayOf(6).body, variant)).toMatch(said)
    const [first] = fieldsFor(dayOf(6).exercise, variant, 'small')
    expect(ids).toContain(first?.id)
    for (const overlays of [['gentle'], ['gentle', 'lighter']])
      expect(mailOf(dayOf(6).body, { track, overlays })).not.toMatch(/let the big ask|need for a big ask/)
  })

  test('has for bridge what a partner who freezes can do, and how care is asked for and taken', () => {
    const bridge = { track: 'bridge', overlays: [] }
    expect(mailOf(dayOf(3).body, bridge)).toMatch(/I froze[\s\S]*sit on the floor beside me/)
    expect(fieldsFor(dayOf(3).exercise, bridge, 'full').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['froze-line', 'offer']),
    )
    expect(fieldsFor(dayOf(6).exercise, bridge, 'full').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['slot', 'receiving']),
    )
    expect(mailOf(dayOf(6).body, bridge)).toMatch(/You don't have to need less/)
    expect(mailOf(dayOf(6).body, bridge)).toMatch(/never try to change somebody in secret, because/)
  })

  test('has for steady a ladder, and what is shown over time', () => {
    const steady = { track: 'steady', overlays: [] }
    expect(fieldsFor(dayOf(7).exercise, steady, 'full').map(({ id }) => id)).toContain('ladder')
    expect(mailOf(dayOf(7).body, steady)).toMatch(/the same sofa, a walk, one worry told, a hand/)
    expect(mailOf(dayOf(6).body, steady)).toMatch(/A limit protects you, while a punishment is meant to hurt/)
    expect(mailOf(dayOf(6).body, steady)).toMatch(/safe because they choose to be shows it over time/)
  })

  test('says of every track that the missing may go both ways', () => {
    for (const track of [null, ...TRACKS])
      expect(mailOf(dayOf(3).body, { track, overlays: [] })).toMatch(/the missing goes both ways/)
  })

  test('without a track, is no list of conditions', () => {
    for (const { body } of course.lessons) {
      const text = mailOf(body, COMMON_VARIANT)
      expect(text.match(/\bIf (you|no one|nobody)\b/g)?.length ?? 0).toBeLessThanOrEqual(4)
    }
  })

  test('gives those without a track the whole of the empathy letter', () => {
    const own = fieldsFor(dayOf(5).exercise, COMMON_VARIANT, 'full').filter(({ label }) =>
      label.startsWith('If I did harm'),
    )
    expect(own).toHaveLength(8)
  })

  test('asks everybody for an end to the hurt letter, and warns that letters are kept', () => {
    const notes = (track: string) =>
      fieldsFor(dayOf(4).exercise, { track, overlays: [] }, 'full')
        .map((field) => JSON.stringify(field))
        .join('')
    for (const track of TRACKS) {
      expect(notes(track)).toMatch(/Read it once. Then find one sentence that is simply true/)
      expect(notes(track)).toMatch(/a letter can be kept, or shown to others/)
    }
  })
})

describe('the library', () => {
  const words = (text: string) => measureText(markdown.toText(text)).words

  test('has ten questions, each answered twice in 120 to 180 words, from a scene on', () => {
    expect(resources.questions).toHaveLength(10)
    for (const { id, answer, followUp, secondAnswer, audiences } of resources.questions) {
      for (const text of [answer, secondAnswer]) {
        expect([id, words(text) >= 120 && words(text) <= 180 ? 'in length' : words(text)]).toEqual([id, 'in length'])
        expect([id, paragraphs(text)[0]]).toEqual([id, expect.stringMatching(/\b(you|your|you've|you're|they)\b/i)])
      }
      expect(followUp).toMatch(/\?/)
      expect([id, audiences.length > 0]).toEqual([id, true])
    }
  })

  test('keeps its ten articles, of 500 to 900 words each', () => {
    expect(resources.articles).toHaveLength(10)
    for (const { name, markdown: text } of resources.articles)
      expect([name, words(text) >= 500 && words(text) <= 900 ? 'in length' : words(text)]).toEqual([name, 'in length'])
  })

  test('tells whoever may be feared to leave early, where it speaks of listening to pain', () => {
    for (const name of ['shame-and-guilt', 'setbacks'])
      expect(resources.articles.find((article) => article.name === name)?.markdown).toMatch(
        /may be afraid of you.*leave early and alone/i,
      )
  })
})

describe('the numbers', () => {
  const lines = () =>
    resources.helpNumbers?.places.flatMap((place) => place.lines.map((line) => ({ ...line, place: place.id }))) ?? []

  test('each has a record of its last check, with a day and a source, or says that there is none', () => {
    const reach = lines().filter(({ phone, text, web }) => phone + text + web !== '')
    expect(reach.length).toBeGreaterThan(35)
    for (const { place, name, checked } of reach) {
      if (checked === null) continue
      expect([place, name, checked.source]).toEqual([
        place,
        name,
        expect.stringMatching(/^[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?( \(.+\))?$/i),
      ])
      expect(checked.on <= (resources.helpNumbers?.reviewed ?? '')).toBe(true)
    }
    // Those that nobody could confirm are named here, so that none slips in.
    expect(reach.filter(({ checked }) => checked === null).map(({ place, name }) => `${place}: ${name}`)).toEqual([])
    expect(resources.helpNumbers?.how).toMatch(/have not rung them/)
  })

  test('of the United Kingdom cover its four nations, and silent calls', () => {
    const abuse = lines().filter(({ place, kind }) => place === 'uk' && kind === 'abuse')
    for (const nation of ['England', 'Scotland', 'Wales', 'Northern Ireland'])
      expect(abuse.map(({ name }) => name).join('\n')).toContain(`${nation}:`)
    expect(lines().find(({ place, kind }) => place === 'uk' && kind === 'emergency')?.note).toMatch(/press 55/)
  })

  test.each(['us', 'uk', 'ie', 'au', 'nz'])("have a line about one's own behaviour in %s", (place) => {
    expect(lines().filter((line) => line.place === place && line.kind === 'own-behaviour')).not.toEqual([])
  })

  test.each(['ie', 'nz', 'in', 'eu'])('say in %s whom a line for women alone leaves out, or name another', (place) => {
    const abuse = lines().filter((line) => line.place === place && line.kind === 'abuse')
    expect(abuse.map(({ note }) => note).join('\n')).toMatch(/For men|any gender|Men:|for men/)
  })

  test("where there is no line about one's own behaviour, the page says where to turn", () => {
    const page = resources.pages.find(({ name }) => name === 'own-harm')
    expect(page?.numbers).toEqual(['own-behaviour', 'abuse', 'emergency'])
    expect(page?.lead).toMatch(/no line about your own behaviour, call its line about abuse/)
  })
})

test('the course and its consent have a new version, and the first edition is kept for what was sent of it', () => {
  expect([course.version, course.consent.version]).toEqual(['2026-11-2', '2026-11-2'])
  expect(course.earlier?.map(({ version, lessons }) => [version, lessons.length])).toEqual([['2026-11-1', 7]])
})
