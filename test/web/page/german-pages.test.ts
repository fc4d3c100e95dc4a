import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readLocales } from '../../../src/content/load-locales.ts'
import { linkOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { newestLink, openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const COURSE = 'steady-week'
const START = `/courses/${COURSE}/start`
const ALL = { mode: 'all', go: 'finish', seen: '1' }

let app: TestApp
let folder: { path: string; remove(): Promise<void> }
/** What a page of the site would say in English, by the group of its messages. */
let english: (group: string) => readonly string[]
const pages = new Map<string, string>()

/** Each page with the groups of locales/ that it takes its sentences from, and one of these. */
const PAGES: Readonly<Record<string, readonly [says: string, ...groups: string[]]>> = {
  'the start page': ['Bestätigungs-E-Mail schicken', 'sign-up.home', 'sign-up.form'],
  'the form with a question': ['Nein, bei ada@gmial.com bleiben', 'sign-up.home', 'sign-up.form'],
  'the page to confirm': ['Ja, anfangen', 'sign-up.confirm'],
  'the page to confirm, without its course': ['Klicken Sie auf den Knopf.', 'sign-up.confirm'],
  'what follows': ['Sie sind angemeldet', 'sign-up.confirm'],
  'a second confirmation': ['Schon bestätigt', 'sign-up.confirm'],
  settings: ['Änderungen speichern', 'enrolment.settings', 'sign-up.form'],
  'settings, after a link': ['Niemand kann es wiederherstellen', 'enrolment.settings', 'sign-up.form'],
  'the page to stop': ['Lektionen beenden?', 'enrolment.stop'],
  stopped: ['Es kommen keine Lektionen mehr.', 'enrolment.stop'],
  'started again': ['Es geht weiter', 'enrolment.stop'],
  'the page to decline': ['Sie haben sich nicht angemeldet?', 'enrolment.stop'],
  declined: ['Meine Adresse jetzt löschen', 'enrolment.stop'],
  'an address that is deleted': ['Ihre Adresse ist gelöscht', 'enrolment.stop'],
  'the page to delete': ['Link zum Löschen schicken', 'enrolment.erase'],
  'the link to delete': ['Sehen Sie in Ihrem Posteingang nach', 'enrolment.erase'],
  'the page of that link': ['Ohne den Klick wird nichts gelöscht.', 'enrolment.erase'],
  deleted: ['Alles ist gelöscht', 'enrolment.erase'],
  'the starting point': ['Eine Frage nach der anderen', 'assessment.start'],
  'the starting point of a learner': ['Soll sich der Kurs danach richten?', 'assessment.start'],
  'a question': ['Frage 5 von 11', 'assessment.start'],
  'all questions': ['Meinen Ausgangspunkt zeigen', 'assessment.start'],
  'an outcome': ['Mit diesem Plan anmelden', 'assessment.outcome', 'sign-up.form'],
  'an outcome that pauses': ['Was zuerst zu tun ist', 'assessment.outcome'],
  'an outcome of a learner': ['Zurück zu Ihrer Seite', 'assessment.outcome'],
}

beforeAll(async () => {
  const { files } = await readLocales(joinPath(ROOT, 'locales'))
  const textsOf = (language: string) =>
    files.find((file) => file.language === language && !file.isInformal)?.catalogue.messages ?? new Map()
  const german = new Set([...textsOf('de').values()].flatMap(({ text }) => literalsOf(text)))
  english = (group) =>
    [...textsOf('en')]
      .filter(([key]) => key.startsWith(`${group}.`))
      // One or two words of a longer sentence may be the course's own.
      .flatMap(([, { text }]) => literalsOf(text).filter((part) => part === text || /\s.*\s/.test(part)))
      .filter((text) => !german.has(text))
  folder = await createTempFolder()
  await cp(joinPath(ROOT, 'lessons', COURSE), joinPath(folder.path, COURSE), { recursive: true })
  const file = joinPath(folder.path, COURSE, 'course.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^language: en$/m, 'language: de'))
  app = await createTestApp({ env: { COURSE }, worker: true, overrides: { lessonsDir: folder.path } })
  await collectPages()
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

async function collectPages(): Promise<void> {
  const visitor = createVisitor(app.url)
  const keep = async (name: string, answer: Promise<{ readonly text: string }>) => {
    pages.set(name, (await answer).text)
  }
  const confirmation = async (email: string, choices: Readonly<Record<string, string>> = {}) => {
    await visitor.post('/sign-up', { email, timeZone: 'Europe/Berlin', hour: '7', ...choices })
    return (await app.mail.waitForMail(email))[0] as Accepted
  }
  await keep('the start page', visitor.get('/'))
  await keep('the form with a question', visitor.post('/sign-up', { email: 'ada@gmial.com', timeZone: 'UTC' }))
  const confirm = linkOf(await confirmation('ada@example.test'), '/confirm/')
  await keep('the page to confirm', visitor.get(confirm))
  await keep('what follows', visitor.post(confirm))
  await keep('a second confirmation', visitor.get(confirm))
  const plain = await confirmation('eva@example.test', { discreet: 'on' })
  await keep('the page to confirm, without its course', visitor.get(linkOf(plain, '/confirm/')))
  const decline = linkOf(plain, '/stop/')
  await keep('the page to decline', visitor.get(decline))
  await keep('declined', visitor.post(decline))
  await keep('an address that is deleted', visitor.post(`${decline}/forget`))

  const learner = await join(app, 'mara@example.test')
  const { lessonLink, stopLink } = learner
  const stranger = createVisitor(app.url)
  await keep('settings', stranger.get(`${lessonLink}/settings`))
  await keep('settings, after a link', (await openOwnSessionByLink(app, learner)).get(`${lessonLink}/settings`))
  await keep('the starting point of a learner', stranger.get(`${lessonLink}/start`))
  await keep('an outcome of a learner', stranger.post(`${lessonLink}/start`, { ...ALL, 'q.closest': 'hurt' }))
  await keep('the page to stop', stranger.get(stopLink))
  await keep('stopped', stranger.post(stopLink))
  await keep('started again', stranger.post(`${stopLink}/restart`))
  await keep('the page to delete', stranger.get(`${stopLink}/delete`))
  await keep('the link to delete', stranger.post(`${stopLink}/delete`))
  const deletes = await newestLink(app, learner.address, '/delete/')
  await keep('the page of that link', stranger.get(deletes))
  await keep('deleted', stranger.post(deletes))

  await keep('the starting point', stranger.get(START))
  await keep('a question', stranger.post(START, { mode: 'one', go: 'next', at: 'closest' }))
  await keep('all questions', stranger.post(START, { mode: 'all', go: 'finish', 'q.closest': 'hurt' }))
  await keep('an outcome', stranger.post(START, { ...ALL, 'q.closest': 'hurt' }))
  await keep('an outcome that pauses', stranger.post(START, { ...ALL, 'q.frightened': 'often' }))
}

/** The words of a message outside placeholders and tags, and between the braces of its plurals. */
function literalsOf(message: string): string[] {
  return message
    .split(/\{[\w-]+(?:, (?:number|plural|select),?)?|<\/?[a-z-]+>|(?:one|other) \{|[{}#]/)
    .map((text) => text.trim())
    .filter((text) => /\p{L}{3}/u.test(text))
}

test.each(Object.keys(PAGES))('%s is German throughout', (name) => {
  const [says = '', ...groups] = PAGES[name] ?? []
  const page = pages.get(name) ?? ''
  expect(page).toContain('<html lang="de" dir="ltr">')
  expect(page).toContain(says)
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(page)?.[1] ?? ''
  const texts = main.split(/<[^>]*>/).map((text) => text.trim())
  const isThere = (sentence: string) =>
    /\s.*\s/.test(sentence) ? texts.some((text) => text.includes(sentence)) : texts.includes(sentence)
  expect(groups.flatMap((group) => english(group)).filter(isThere)).toEqual([])
})
