import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Answer } from '../../src/core/course/fields/field-definition.ts'
import type { Field } from '../../src/core/course/fields/field-types.ts'
import { paths } from '../../src/core/paths.ts'
import { fieldView } from '../../src/web/exercise/fields/field-view.ts'
import { GERMAN } from '../core/language/sample-words.ts'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'
import { englishPhrases, shown } from './english-phrases.ts'

const DAY = 86_400_000
const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))
const STEADY_WEEK = fileURLToPath(new URL('../../lessons/steady-week', import.meta.url))
let folder: { path: string; remove(): Promise<void> }
let app: TestApp
let learner: SignedUpLearner
let paused: SignedUpLearner
let closingLink: string
let english: readonly string[]

// The German files as a course of their own, with one lesson: German also where no course is named. Beside it Steady
// Week with German around its English texts, because it has everything that a course can have.
beforeAll(async () => {
  folder = await createTempFolder()
  await cp(joinPath(FIXTURES, 'translations/three-days.de'), joinPath(folder.path, 'sanfter-morgen'), {
    recursive: true,
  })
  await cp(STEADY_WEEK, joinPath(folder.path, 'steady-week'), { recursive: true })
  const file = joinPath(folder.path, 'steady-week/course.yaml')
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace(/^language: en$/m, 'language: de\naddress: informal\nlibrary: members'),
  )
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    worker: true,
    env: { COURSE: 'sanfter-morgen', SIGN_UP_LIMIT: '100' },
    overrides: { lessonsDir: folder.path },
  })
  learner = await join(app, 'ada@example.test', { name: 'Ada' })
  paused = await join(app, 'ida@example.test', { course: 'steady-week' })
  app.clock.advance(DAY)
  const mails = await app.mail.waitForMail('ada@example.test', 3)
  closingLink = linkOf(mails[2] as Accepted, '/l/')
  await waitUntilIdle(app.dataDir, app.clock.now())
  english = await englishPhrases(STEADY_WEEK)
})

afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

type Ask = (visitor: Visitor, learner: SignedUpLearner) => Promise<{ readonly text: string }>
const person = { email: 'neu@example.test', timeZone: 'Europe/Berlin', hour: '7' }
const inTenDays = () => new Date(app.clock.now() + 10 * DAY).toISOString().slice(0, 10)
const start = '/courses/steady-week/start'

/** The lesson of somebody whose course runs. */
async function withReminder(visitor: Visitor, reminder: string) {
  await visitor.post(`${paused.lessonLink}/settings/pause/end`)
  await visitor.post(`${paused.lessonLink}/reminder`, { reminder })
  return visitor.get(paused.lessonLink)
}

/** Each page, how it is reached, and a sentence that it must have. */
const PAGES: readonly (readonly [page: string, ask: Ask, has: string])[] = [
  [
    'the answer to a sign-up',
    (visitor) => visitor.post('/sign-up', person),
    '<b class="typed">neu@example.test</b>. Ein',
  ],
  [
    'the sign-up form with errors',
    (visitor) => visitor.post('/sign-up', { ...person, email: '', timeZone: '' }),
    '<span class="away">Fehler: </span>Bitte gib deine E-Mail-Adresse ein.',
  ],
  ['privacy', (visitor) => visitor.get(paths.privacy()), 'Es endet 21 Tage danach, oder früher: wenn es 10 Tage lang'],
  ['a lesson', (_, { visitor, lessonLink }) => visitor.get(lessonLink), 'Wie schwer ist es jetzt, bevor du anfängst?'],
  ['the closing page', (_, { visitor }) => visitor.get(closingLink), 'Jede Seite bleibt offen. Du kannst jederzeit'],
  ['help', (visitor) => visitor.get('/courses/steady-week/pages/help'), 'Diese Nummern haben wir zuletzt am <time'],
  [
    'every question of the starting point',
    (visitor) => visitor.post(start, { go: 'begin', mode: 'all' }),
    'Nur, falls du dies gewählt hast: „',
  ],
  [
    'questions that are still open',
    (visitor) => visitor.post(start, { go: 'finish', mode: 'all' }),
    '<span class="away">Fehler: </span>',
  ],
  ['the library', (visitor) => visitor.get('/courses/steady-week/library'), 'Fragen, die oft gestellt werden'],
  ['the library for members', (visitor) => visitor.get('/courses/steady-week/library'), 'Du gehörst dazu?'],
  [
    'a search in the library',
    (visitor) => visitor.post('/courses/steady-week/library', { q: 'setbacks' }),
    'Durchsucht wurde nur, wie jeder Text beginnt.',
  ],
  [
    'a search that finds nothing',
    (visitor) => visitor.post('/courses/steady-week/library', { q: 'nirgends' }),
    'Versuch es mit einem einzelnen Wort',
  ],
  ['a lesson that offers a reminder', (visitor) => withReminder(visitor, ''), 'Erinnerung, wenn du möchtest'],
  ['a lesson with a reminder', (visitor) => withReminder(visitor, '20'), 'Eine Erinnerung kommt um 20:00'],
  [
    'settings with a pause and a reminder',
    (visitor, { lessonLink }) => visitor.get(`${lessonLink}/settings`),
    'Abends eine',
  ],
  [
    'settings with a pause that is too long',
    (visitor) => visitor.post(`${paused.lessonLink}/settings/pause`, { until: '2099-01-01' }),
    'Bitte wähle einen Tag ab morgen',
  ],
  [
    'another pace rather than a stop',
    (visitor) => visitor.post(`${paused.stopLink}/pace`, { pace: 'weekly' }),
    'Lektion kommt',
  ],
  [
    'a pause rather than a stop',
    (visitor) => visitor.post(`${paused.stopLink}/pause`, { until: inTenDays() }),
    'In den Einstellungen kannst du mit einem Klick früher weitermachen.',
  ],
  [
    'settings, paused',
    async (visitor) => {
      await visitor.post(`${paused.lessonLink}/settings/pause`, { until: inTenDays() })
      return visitor.get(`${paused.lessonLink}/settings`)
    },
    'Jetzt weitermachen',
  ],
  [
    'a lesson, paused',
    async (visitor) => {
      await visitor.post(`${paused.lessonLink}/settings/pause`, { until: inTenDays() })
      return visitor.get(paused.lessonLink)
    },
    'Der Kurs ist pausiert.',
  ],
  [
    'an article of the library',
    (visitor) => visitor.get('/courses/steady-week/library/setbacks'),
    '</a> · 4 Min. Lesezeit',
  ],
  [
    'notes to print',
    (_, { visitor, lessonLink }) => visitor.get(`${lessonLink}/print`),
    'Bewahre sie dort auf, wo nur du',
  ],
  [
    'a file that needs a link first',
    (visitor, { lessonLink }) => visitor.get(`${lessonLink}/take`),
    'Damit niemand sonst deine Texte mitnehmen kann',
  ],
  [
    'the page to keep',
    (_, { visitor, lessonLink }) => visitor.get(`${lessonLink}/finished`),
    'Deine Seite zum Behalten',
  ],
  [
    'a setting that needs a link first',
    (visitor, { lessonLink }) => visitor.post(`${lessonLink}/settings/word`, { do: 'remove' }),
    'Vorher noch ein Schritt',
  ],
  [
    'the answer to a request for a link',
    (visitor, { lessonLink }) => visitor.post(`${lessonLink}/read`, { goal: 'days' }),
    'Wir schicken eine E-Mail mit einem Link.',
  ],
  ['a lesson to try', (visitor) => visitor.get('/courses/steady-week/first-lesson'), 'Und wie schwer ist es jetzt?'],
]

test.each(PAGES)('in a German course, no English is around %s', async (_, ask, has) => {
  const text = shown((await ask(createVisitor(app.url), learner)).text)
  expect(text).toContain(has)
  expect(english.filter((phrase) => text.includes(phrase))).toEqual([])
})

test('the answer to a sign-up by JSON is German too', async () => {
  const { text } = await createVisitor(app.url).postJson('/sign-up', { ...person, hour: 7 })
  expect(JSON.parse(text)).toEqual({
    ok: true,
    message: expect.stringMatching(/^Sieh in deinem Posteingang nach\. Falls/),
  })
})

test('and so are those of limits', async () => {
  const visitor = createVisitor(app.url)
  const asks = Array.from({ length: 61 }, () => visitor.post(`${learner.lessonLink}/read`))
  const refused = (await Promise.all(asks)).filter(({ status }) => status === 429).map(({ text }) => text)
  expect(refused.join()).toContain('In der letzten Stunde wurden zu viele Links angefordert.')
})

const COMMON = { id: 'one', label: 'Feld', hint: '', small: true, audiences: [] }
const scale: Field = { ...COMMON, type: 'scale', min: 0, max: 10, low: '', high: '' }

test.each<[string, Field, Answer, string]>([
  [
    'a long text',
    { ...COMMON, type: 'long', max: 2000, rows: 4, guide: [20, 80], wordBank: ['leise'], prompts: [], highlight: [] },
    '',
    'Etwa 20 bis 80 Wörter reichen völlig.',
  ],
  [
    'a word bank',
    { ...COMMON, type: 'long', max: 2000, rows: 4, guide: null, wordBank: ['leise'], prompts: [], highlight: [] },
    '',
    'Wörter, die passen könnten:',
  ],
  [
    'sorting',
    {
      ...COMMON,
      type: 'sorting',
      bins: [{ id: 'near', label: 'Nah', say: '' }],
      items: [{ id: 'moss', text: 'Moos', bin: 'near', say: '' }],
    },
    { moss: 'far' },
    '<b>Schauen Sie noch einmal hin.</b>',
  ],
  [
    'scales of an earlier day',
    { ...COMMON, type: 'repeat', day: 1, fields: ['sleep'], scales: [{ ...scale, id: 'sleep' }] } as Field,
    {},
    'an Tag 1: 4',
  ],
])('the words around %s are German', (_, field, value, has) => {
  const state = { value, version: 1, savedAt: 0, elsewhere: false, kept: [] }
  const given = { state, earlier: { 1: { sleep: 4 } }, missing: true, error: 'Falsch.', typed: undefined }
  const { text } = fieldView(field, { ...given, words: GERMAN, toHtml: String, mark: () => '' })
  for (const said of [has, 'Hier steht noch nichts.', '<span class="away">Fehler: </span>Falsch.'])
    expect(text).toContain(said)
})
