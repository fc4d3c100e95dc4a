import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { newestLink, openOwnSessionByLink } from '../support/open-own-session.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { type Answer, createVisitor, type Form, type Visitor } from '../support/visitor.ts'
import { englishPhrases, shown } from './english-phrases.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COURSE = 'steady-week'
const LIBRARY = `/courses/${COURSE}/library`
const START = `/courses/${COURSE}/start`
const DAY_MS = 86_400_000
const ALL = { mode: 'all', go: 'finish', seen: '1' }

let app: TestApp
let folder: { path: string; remove(): Promise<void> }
let english: readonly string[]
const pages = new Map<string, string>()

/** Each page with a sentence that it must have. */
const PAGES: Readonly<Record<string, string>> = {
  'the start page': 'Bestätigungs-E-Mail schicken',
  'the form with a question': 'Nein, bei ada@gmial.com bleiben',
  'the page to confirm': 'Ja, anfangen',
  'the page to confirm, without its course': 'Klicken Sie auf den Knopf.',
  'what follows': 'Sie sind angemeldet',
  'a second confirmation': 'Ihre Tage',
  settings: 'Änderungen speichern',
  'settings, after a link': 'Niemand kann es wiederherstellen',
  'the page to stop': 'Lektionen beenden?',
  'settings, paused': 'Jetzt weitermachen',
  'settings, with a pause that is too long': 'Bitte wählen Sie einen Tag ab morgen',
  'settings, with a reminder that there is not': 'Bitte wählen Sie',
  'a pause rather than a stop': 'In den Einstellungen können Sie mit einem Klick früher weitermachen.',
  'another pace rather than a stop': 'Lektion kommt',
  'a lesson, paused': 'Der Kurs ist pausiert.',
  'a lesson with a reminder': 'Eine Erinnerung kommt um 20:00',
  'the library for members': 'Sie gehören dazu?',
  'how an article begins': 'So beginnt der Text.',
  'a search that finds something': 'passt',
  'a search that finds nothing': 'Das sagt nichts über Ihre Frage',
  stopped: 'Es kommen keine Lektionen mehr.',
  'started again': 'Es geht weiter',
  'the page to decline': 'Sie haben sich nicht angemeldet?',
  declined: 'Meine Adresse jetzt löschen',
  'an address that is deleted': 'Ihre Adresse ist gelöscht',
  'the page to delete': 'Link zum Löschen schicken',
  'the link to delete': 'Sehen Sie in Ihrem Posteingang nach',
  'the page of that link': 'Ohne den Klick wird nichts gelöscht.',
  deleted: 'Alles ist gelöscht',
  'a file that needs a link first': 'Damit niemand sonst Ihre Texte mitnehmen kann',
  'what can be taken along': 'Eine Datei mit allem, was Sie geschrieben haben',
  'the file': '<p>mein Bruder</p>',
  'taking it and deleting': 'Die Datei ließ sich öffnen: jetzt alles löschen',
  'taking it and deleting, too early': 'Gelöscht ist noch nichts.',
  'the page to keep': '<p>meine Zeile</p>',
  'the page to keep, without a session': 'Für eine eigene Zeile öffnen Sie diese Seite',
  'the starting point': 'Eine Frage nach der anderen',
  'the starting point of a learner': 'Soll sich der Kurs danach richten?',
  'a question': 'Frage 5 von 11',
  'all questions': 'Meinen Ausgangspunkt zeigen',
  'an outcome': 'Mit diesem Plan anmelden',
  'an outcome that pauses': 'Was zuerst zu tun ist',
  'an outcome of a learner': 'Zurück zu Ihrer Seite',
  'a lesson': 'Eine Erinnerung, wenn Sie möchten',
  'a lesson that was written on elsewhere': 'Schicken Sie mir einen Link, der es öffnet',
  'a lesson, saved': '<b>Gespeichert.</b> Sie können weitermachen',
  'a lesson, refused': 'Alles andere ist gespeichert.',
  'a lesson that is done': 'Tag 1 ist erledigt',
  'a day with a letter': 'Für wen ist diese Seite?',
  'a day with a letter, unfinished': 'Es eilt nicht.',
  'the page before sharing': 'Bevor Sie den Brief teilen',
  'a sheet for two': 'Zurück',
  'a check-in': 'Rückblick 1 von',
  'what a check-in leads to': 'Zurück',
  'a page that short emails open': 'Ihre Seite',
  'notes that were closed': 'Auf diesem Gerät geschlossen',
  'no page': 'Diese Seite gibt es nicht',
  'a link that is incomplete': 'Dieser Link funktioniert nicht',
}

beforeAll(async () => {
  english = await englishPhrases(joinPath(ROOT, 'lessons', COURSE))
  folder = await createTempFolder()
  await cp(joinPath(ROOT, 'lessons', COURSE), joinPath(folder.path, COURSE), { recursive: true })
  const file = joinPath(folder.path, COURSE, 'course.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^language: en$/m, 'language: de\nlibrary: members'))
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
  const own = await openOwnSessionByLink(app, learner)
  await keep('settings, after a link', own.get(`${lessonLink}/settings`))
  await keep('a file that needs a link first', stranger.get(`${lessonLink}/take`))
  await own.post(lessonLink, { 'f.safe-person': 'mein Bruder', keep: '1' })
  await keep('what can be taken along', own.get(`${lessonLink}/take`))
  await keep('the file', own.get(`${lessonLink}/take/notes.html`))
  await keep('taking it and deleting', own.get(`${lessonLink}/take/leave`))
  await keep('taking it and deleting, too early', own.post(`${lessonLink}/take/leave`, { seen: '0' }))
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

  await collectLessonPages(keep)
  await collectPausedPages(keep)
  await keep('the library for members', stranger.get(LIBRARY))
  await keep('how an article begins', stranger.get(`${LIBRARY}/setbacks`))
  await keep('a search that finds something', stranger.post(LIBRARY, { q: 'setbacks' }))
  await keep('a search that finds nothing', stranger.post(LIBRARY, { q: 'nirgends' }))
  await keep('the starting point', stranger.get(START))
  await keep('a question', stranger.post(START, { mode: 'one', go: 'next', at: 'closest' }))
  await keep('all questions', stranger.post(START, { mode: 'all', go: 'finish', 'q.closest': 'hurt' }))
  await keep('an outcome', stranger.post(START, { ...ALL, 'q.closest': 'hurt' }))
  await keep('an outcome that pauses', stranger.post(START, { ...ALL, 'q.frightened': 'often' }))
}

/** The page that saving leads to. */
async function save(visitor: Visitor, link: string, form: Form): Promise<Answer> {
  const { headers } = await visitor.post(link, form)
  return visitor.get(headers.get('location') ?? 'no page')
}

async function collectPausedPages(keep: Keep) {
  const { visitor, lessonLink, stopLink } = await join(app, 'ida@example.test')
  const settings = `${lessonLink}/settings`
  await keep('a lesson with a reminder', save(visitor, `${lessonLink}/reminder`, { reminder: '20' }))
  await keep('settings, with a reminder that there is not', visitor.post(`${lessonLink}/reminder`, { reminder: '3' }))
  await keep('settings, with a pause that is too long', visitor.post(`${settings}/pause`, { until: '2099-01-01' }))
  await keep('another pace rather than a stop', visitor.post(`${stopLink}/pace`, { pace: 'weekly' }))
  const until = new Date(app.clock.now() + 10 * DAY_MS).toISOString().slice(0, 10)
  await keep('a pause rather than a stop', visitor.post(`${stopLink}/pause`, { until }))
  await keep('settings, paused', visitor.get(settings))
  await keep('a lesson, paused', visitor.get(lessonLink))
}

type Keep = (name: string, answer: Promise<{ readonly text: string }>) => Promise<void>

async function collectLessonPages(keep: Keep) {
  const { visitor, lessonLink, stopLink, address } = await join(app, 'lena@example.test')
  const stranger = createVisitor(app.url)
  await keep('a lesson', visitor.get(lessonLink))
  await keep('a lesson, saved', save(visitor, lessonLink, { 'f.safe-person': 'meine Schwester', keep: '1' }))
  await keep('a lesson, refused', visitor.post(lessonLink, { 'f.mood-before': 'sehr', keep: '1' }))
  await keep('a lesson that was written on elsewhere', stranger.get(lessonLink))
  await keep('a lesson that is done', save(visitor, lessonLink, { effort: 'not-today' }))
  await keep('a sheet for two', visitor.get(`${lessonLink}/sheet`))
  const short = await join(app, 'klara@example.test', { shortEmails: 'on' })
  await keep('a page that short emails open', stranger.get(short.lessonLink))
  await keep('notes that were closed', stranger.post('/session/end'))
  await keep('no page', stranger.get('/nirgends'))
  await keep('a link that is incomplete', stranger.get(`${stopLink.slice(0, -3)}`))
  for (let mails = 3; mails <= 9; mails += 1) {
    app.clock.advance(DAY_MS)
    const mail = (await app.mail.waitForMail(address, mails))[mails - 1] as Accepted
    await waitUntilIdle(app.dataDir, app.clock.now())
    if (mails !== 6) continue
    const letter = linkOf(mail, '/l/')
    await keep('a day with a letter', visitor.get(letter))
    await keep('a day with a letter, unfinished', save(visitor, letter, { effort: 'full' }))
    await visitor.post(letter, { 'f.letter_version': 'share', keep: '1' })
    await keep('the page before sharing', visitor.get(`${letter}/share`))
  }
  await visitor.post(`${lessonLink}/finished`, { line: 'meine Zeile' })
  await keep('the page to keep', visitor.get(`${lessonLink}/finished?saved=1`))
  await keep('the page to keep, without a session', stranger.get(`${lessonLink}/finished`))
  app.clock.advance(7 * DAY_MS)
  const checkIn = linkOf((await app.mail.waitForMail(address, 10))[9] as Accepted, '/l/')
  await keep('a check-in', visitor.get(checkIn))
  await keep('what a check-in leads to', visitor.post(`${checkIn}/again`, { 'q.frightened': 'often' }))
}

test.each(Object.entries(PAGES))('%s is German throughout', (name, says) => {
  const page = shown(pages.get(name) ?? '')
  expect(page).toContain('<html lang="de" dir="ltr">')
  expect(page).toContain(says)
  expect(english.filter((phrase) => page.includes(phrase))).toEqual([])
})
