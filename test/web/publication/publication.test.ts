import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { waitUntilIdle } from '../../support/database/database-rows.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'
import { type Answering, answering } from '../desk/questions/answering.ts'
import { signedIn } from '../desk/signed-in.ts'
import { type AnsweredQuestion, answeredQuestion, libraryWithQuestions } from './answered-question.ts'

const COURSE = 'steady-week'
const LIBRARY = `/courses/${COURSE}/library`
const DAY_MS = 86_400_000
let folder: Awaited<ReturnType<typeof libraryWithQuestions>>
let app: TestApp
let author: Answering

beforeAll(async () => {
  folder = await libraryWithQuestions()
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    worker: true,
    env: { COURSE },
    overrides: { lessonsDir: folder.lessonsDir },
  })
  author = await answering(app, 'author@example.test', [COURSE])
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

type Asked = AnsweredQuestion
const asked = (choices: Readonly<Record<string, string>> = {}, text?: string) =>
  answeredQuestion(app, author.id, choices, text)

const TEXT = {
  ...{ question: 'May one sleep alone?', answer: 'One **may**.\n\nSee the [help page](page:help).' },
  ...{ followUp: 'And if they mind?', secondAnswer: 'Say when you look at it again.' },
  ...{ situation: 'steady', language: 'en', article: 'setbacks' },
}
type Text = Readonly<Partial<typeof TEXT>>

/** The number of the text in a form. */
const versionIn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '0'
async function propose({ desk }: Asked, more: Text & { readonly sure?: string } = {}, by = author.visitor) {
  const version = versionIn((await by.get(desk)).text)
  return by.post(desk, { do: 'propose', version, ...TEXT, ...more })
}
async function answerWith({ page, visitor }: Asked, form: Readonly<Record<string, string>>) {
  const version = versionIn((await visitor.get(page)).text)
  return visitor.post(page, { version, library: 'open', ...form })
}
const yes = (one: Asked, form: Readonly<Record<string, string>> = {}) => answerWith(one, { do: 'yes', ...form })
const shelf = async (visitor: Visitor = createVisitor(app.url)) => (await visitor.get(LIBRARY)).text
const published = async ({ id }: Pick<Asked, 'id'>) => app.app.ports.store.publishedQuestions.ofQuestion(id)
const stateOf = async ({ id }: Pick<Asked, 'id'>) => (await app.app.ports.store.publications.find(id))?.state

test('a browser that comes to the open library from a page of the course may ask from there, and no other', async () => {
  const { lessonLink, visitor } = await join(app, 'from-the-library@example.test')
  const form = /<form[^>]*action="(\/l\/[\w-]+\/library)"/.exec((await visitor.get(lessonLink)).text)?.[1] ?? ''
  const opened = await visitor.post(form)
  expect([opened.status, opened.headers.get('Location')]).toEqual([303, LIBRARY])
  const ask = /href="(\/l\/[\w-]+\/ask)">Ask it/.exec(await shelf(visitor))?.[1] ?? ''
  expect((await visitor.get(ask)).text).toContain('Nobody reads this live.')
  expect(await shelf()).not.toContain('/ask"')
})

describe('publishing a question', () => {
  test('what is proposed, and what is published, is in the files that its learner takes along', async () => {
    const one = await asked()
    const take = `${new URL(one.lessonLink).pathname}/take/notes`
    const file = async () => (await one.visitor.get(`${take}.html`)).text
    const publication = async () =>
      JSON.parse((await one.visitor.get(`${take}.json`)).text).courses[0].questions[0].publication
    expect(await publication()).toBeNull()
    const question = 'May an echidna sleep alone?'
    await propose(one, { question })
    expect(await publication()).toMatchObject({ state: 'proposed', publishedAt: null, text: { ...TEXT, question } })
    expect(await file()).toMatch(
      /<h4>Proposed for the library; [^<]*<\/h4>\s*<div>\s*<p>May an echidna sleep alone\?<\/p>/,
    )
    await yes(one)
    expect(await publication()).toMatchObject({
      ...{ state: 'accepted', readers: 'open', staysWhenErased: false, text: { ...TEXT, question } },
      publishedAt: expect.stringContaining('2026-'),
    })
    expect(await file()).toMatch(/<h4>In the library since [^<]*<\/h4>\s*<div>\s*<p>May an echidna sleep alone\?<\/p>/)
    await one.visitor.post(one.page, { do: 'withdraw' })
    expect(await publication()).toMatchObject({ state: 'withdrawn', text: null, readers: null })
    expect(await file()).not.toContain('echidna')
  })

  test('an author proposes a text, its learner reads exactly that and says yes, and takes it out again', async () => {
    const one = await asked()
    const title = 'May one really sleep alone?'
    const before = (await author.visitor.get(one.desk)).text
    expect(before).toContain('May I sleep alone?</textarea>')
    expect(before).toContain('You may, of course.</textarea>')
    expect(await propose(one, { question: title })).toMatchObject({ status: 303 })
    expect((await author.visitor.get(one.desk)).text).toContain(
      'It waits for the learner&#39;s answer until April 1, 2026',
    )

    const email = (await app.mail.waitForMail(one.address, 4)).at(-1)
    expect(email?.raw.toString()).not.toMatch(/sleep alone|One may|If they mind/i)
    const seen = (await one.visitor.get(one.page)).text
    expect(seen).toContain(`<h3>${title}</h3>`)
    expect(seen).toContain('<p>One <strong>may</strong>.</p>')
    expect(seen).toContain('<h4>And if they mind?</h4>')
    expect(seen).toContain('It would stand under “I was hurt by an affair or a secret closeness.”')
    expect(seen).toContain('Everybody on the internet who opens the library of Steady Week')
    expect(seen).toContain('name="erased" value="too" checked')
    expect(await shelf()).not.toContain(title)

    expect(await yes(one)).toMatchObject({ status: 303 })
    const place = await published(one)
    expect(place?.text).toEqual({ ...TEXT, question: title })
    const path = `${LIBRARY}/questions/${place?.id}`
    expect((await one.visitor.get(one.page)).text).toContain(`href="${path}"`)
    // The article on its page is the one that was agreed to.
    const article = (text: string) => /<p>One[\s\S]*?<\/article>/.exec(text)?.[0].replaceAll('h4>', 'h2>')
    expect(article((await createVisitor(app.url).get(path)).text)).toBe(article(seen))
    expect((await author.visitor.get(one.desk)).text).toContain(path)

    expect(await answerWith(one, { do: 'withdraw' })).toMatchObject({ status: 303 })
    expect((await createVisitor(app.url).get(path)).status).toBe(404)
    expect(await shelf()).not.toContain(title)
    expect((await one.visitor.get(one.page)).text).toContain('You took it out of the library.')
    expect(await propose(one)).toMatchObject({ status: 409 })
  })

  test('a no publishes nothing, ends the email, and is not asked about again', async () => {
    const one = await asked()
    await propose(one)
    await answerWith(one, { do: 'no' })
    expect([await stateOf(one), await published(one)]).toEqual(['declined', null])
    const again = await propose(one)
    expect(again.status).toBe(409)
    expect(again.text).toContain('There was an answer about this question')
    expect((await author.visitor.get(one.desk)).text).not.toContain('name="answer"')
  })

  test('the learner can change words first; what they agree to is published, and the author sees it only then', async () => {
    const one = await asked()
    await propose(one)
    const own = { question: 'Must one share a bed?', answer: 'No.\r\n\r\nNobody must.', followUp: '', secondAnswer: '' }
    expect(await answerWith(one, { do: 'change', ...own })).toMatchObject({ status: 303 })
    const seen = (await one.visitor.get(one.page)).text
    expect(seen).toContain('<h3>Must one share a bed?</h3>')
    expect(seen).toContain('These are your words.')
    expect((await author.visitor.get(one.desk)).text).not.toContain('share a bed')
    expect(await shelf()).not.toContain('share a bed')
    await yes(one)
    expect((await published(one))?.text).toEqual({ ...TEXT, ...own, answer: 'No.\n\nNobody must.' })
    const after = (await author.visitor.get(one.desk)).text
    expect(after).toContain('The learner changed words before saying yes.')
    expect(after).toContain('Must one share a bed?')
  })

  test('own words that cannot be taken stay in the form, with what is wrong', async () => {
    const one = await asked()
    await propose(one)
    const answer = await answerWith(one, { do: 'change', ...TEXT, answer: 'Look at https://example.org', question: '' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('id="fault-answer"')
    expect(answer.text).toContain('id="fault-question"')
    expect(answer.text).toContain('Look at https://example.org</textarea>')
    expect(answer.text).toContain('<details class="fold" open>')
    expect(answer.text).toContain('<h3>May one sleep alone?</h3>')
  })

  test('a yes is about the text that was shown: one that the author replaced meanwhile needs a new one', async () => {
    const one = await asked()
    await propose(one)
    const shown = versionIn((await one.visitor.get(one.page)).text)
    await app.mail.waitForMail(one.address, 4)
    const emails = app.mail.accepted.length
    await propose(one, { answer: 'One must not.' })
    const late = await one.visitor.post(one.page, { do: 'yes', version: shown, library: 'open' })
    expect(late.status).toBe(409)
    expect(late.text).toContain('This text was changed, answered or taken back in the meantime.')
    expect(late.text).toContain('<p>One must not.</p>')
    expect(await published(one)).toBeNull()
    await waitUntilIdle(app.dataDir, app.clock.now())
    expect(app.mail.accepted.length).toBe(emails)
    expect(await one.visitor.post(one.page, { do: 'yes', version: shown, library: 'members' })).toMatchObject({
      status: 409,
    })
    await yes(one)
    expect((await published(one))?.text.answer).toBe('One must not.')
    for (const version of ['', 'x', '1.5', '1e400', '-1', '9'.repeat(40)])
      expect((await one.visitor.post(one.page, { do: 'no', version, library: 'open' })).status).toBe(409)
    // A second click, and a no after the yes, change nothing.
    const version = String(Number(shown) + 1)
    for (const act of ['yes', 'no'])
      expect((await one.visitor.post(one.page, { do: act, version, library: 'open' })).status).toBe(409)
    expect(await stateOf(one)).toBe('accepted')
  })

  test('two authors who propose at once: the second learns of the first', async () => {
    const one = await asked()
    const version = versionIn((await author.visitor.get(one.desk)).text)
    const send = (answer: string) => author.visitor.post(one.desk, { do: 'propose', version, ...TEXT, answer })
    expect((await send('First.')).status).toBe(303)
    const second = await send('Second.')
    expect(second.status).toBe(409)
    expect(second.text).toContain('Second.</textarea>')
    expect((await one.visitor.get(one.page)).text).toContain('<p>First.</p>')
  })

  test('what may tell who the learner is, is shown to the author before it can be proposed', async () => {
    const one = await asked({ name: 'Mara' }, 'I am Mara. May I sleep alone?')
    const telling = { answer: 'Mara, call 0151 234 5678 or write to a@example.org.' }
    const warned = await propose(one, telling)
    expect(warned.status).toBe(400)
    for (const sentence of ['an email address in it', 'a telephone number', 'a first name in it'])
      expect(warned.text).toContain(sentence)
    expect(await stateOf(one)).toBeUndefined()
    expect(await propose(one, { ...telling, sure: 'yes' })).toMatchObject({ status: 303 })
    expect(await stateOf(one)).toBe('proposed')
  })

  test('an author finds out no first name by trying some', async () => {
    const one = await asked({ name: 'Mara' })
    expect((await propose(one, { answer: 'Mara, you may.' })).status).toBe(303)
  })

  test('a text can be looked at before it is proposed, and one that cannot stand in the library is not taken', async () => {
    const one = await asked()
    const looked = await author.visitor.post(one.desk, { do: 'look', version: '0', ...TEXT })
    expect(looked.text).toContain('<p>One <strong>may</strong>.</p>')
    expect(looked.text).toContain('May one sleep alone?</textarea>')
    const wrong = await propose(one, { answer: '![a](https://example.org/a.png)', followUp: '' })
    expect(wrong.status).toBe(400)
    for (const name of ['answer', 'followUp']) expect(wrong.text).toContain(`id="fault-${name}"`)
    expect(await stateOf(one)).toBeUndefined()
  })

  test('an author can take a proposal back, and its email, and later propose anew', async () => {
    const one = await asked()
    await propose(one)
    await author.visitor.post(one.desk, { do: 'remove' })
    expect((await one.visitor.get(one.page)).text).toContain('We took the text back.')
    expect(await yes(one)).toMatchObject({ status: 409 })
    await propose(one, { question: 'Asked anew?' })
    await yes(one)
    expect(await shelf()).toContain('Asked anew?')
    await author.visitor.post(one.desk, { do: 'remove' })
    expect(await shelf()).not.toContain('Asked anew?')
    const acts = await app.app.ports.store.auditLog.page({ act: 'remove-publication' }, null, 9)
    expect(acts.map(({ operatorId, details }) => [operatorId, details])).toContainEqual([
      ...[author.id, { question: one.id, course: COURSE }],
    ])
  })

  test('what was proposed ends when the question is taken for spam, and the learner publishes nothing', async () => {
    const one = await asked()
    await propose(one)
    await answerWith(one, { do: 'change', question: 'Buy here?', answer: 'Yes.', followUp: '', secondAnswer: '' })
    expect(await author.visitor.post(`/desk/questions/${one.id}/state`, { as: 'spam' })).toMatchObject({ status: 303 })
    expect(await yes(one)).toMatchObject({ status: 409 })
    expect([await stateOf(one), await published(one)]).toEqual(['removed', null])
  })

  test('nobody but those who answer for the course proposes or takes back, whatever their role', async () => {
    const one = await asked()
    await propose(one)
    const elsewhere = await answering(app, 'elsewhere@example.test', ['three-days'], 'owner')
    const owner = await signedIn(app, 'owner')
    for (const [visitor, status] of [
      [elsewhere.visitor, 404],
      [owner, 403],
    ] as const) {
      expect((await visitor.get(one.desk)).status).toBe(status)
      for (const act of ['propose', 'look', 'remove'])
        expect((await visitor.post(one.desk, { do: act, version: '1', ...TEXT })).status).toBe(status)
    }
    expect(await stateOf(one)).toBe('proposed')
    const page = await author.visitor.get('/desk/questions/999999/publication')
    expect(page.status).toBe(404)
  })
})

test('the learner’s questions lead to what is asked and to what is published, also when the thread’s time is over', async () => {
  const one = await asked()
  const list = one.page.replace(/\/\d+\/publication$/, '')
  const shown = async () => {
    const pages = [list, `${list}/${one.id}`, `${list}/${one.id}/delete`].map((path) => one.visitor.get(path))
    return (await Promise.all(pages)).map(({ status, text }) => [status, text.includes(`href="${one.page}"`), text])
  }
  expect((await shown()).map(([status, leads]) => [status, leads])).toEqual(Array(3).fill([200, false]))
  await propose(one)
  const proposed = await shown()
  expect(proposed.map(([, leads]) => leads)).toEqual([true, true, false])
  expect(proposed[0]?.[2]).toContain('We would like to publish this.')
  await yes(one)
  await app.app.ports.store.questions.forgetTouchedBefore(COURSE, app.clock.now() + 1, 100)
  const after = await shown()
  expect(after.map(([status, leads]) => [status, leads])).toEqual([
    [200, true],
    [200, true],
    [200, false],
  ])
  expect(after[1]?.[2]).not.toContain('May I sleep alone?')
  expect(after[2]?.[2]).toContain('Its text is taken out of the library, too.')
  await one.visitor.post(`${list}/${one.id}/delete`)
  expect(await stateOf(one)).toBeUndefined()
})

describe('a proposal ends', () => {
  test('when the learner stops the course; resuming does not bring it back', async () => {
    const one = await asked()
    await propose(one)
    const version = versionIn((await one.visitor.get(one.page)).text)
    await createVisitor(app.url).post(one.stopLink)
    expect(await stateOf(one)).toBe('declined')
    expect((await one.visitor.post(one.page, { do: 'yes', version, library: 'open' })).status).toBe(409)
    expect(await published(one)).toBeNull()
    const other = await asked()
    await createVisitor(app.url).post(other.stopLink)
    const refused = await propose(other)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('This learner has stopped the course')
  })

  test('when everything is deleted, and no email comes', async () => {
    const one = await asked()
    await propose(one)
    await one.visitor.post(`${one.stopLink}/delete`, { sure: 'yes' })
    expect(await app.app.ports.store.publications.find(one.id)).toBeNull()
    expect((await author.visitor.get(one.desk)).status).toBe(404)
  })

  test('when thirty days have passed without an answer', async () => {
    const one = await asked()
    await propose(one)
    const version = versionIn((await one.visitor.get(one.page)).text)
    const form = { do: 'yes', version, library: 'open' }
    app.clock.advance(30 * DAY_MS)
    const visitor = await openOwnSessionByLink(app, one)
    const late = await visitor.get(one.page)
    expect(late.text).toContain('there was no answer in time')
    expect((await visitor.post(one.page, form)).status).toBe(409)
    expect(await published(one)).toBeNull()
    author = await answering(app, 'author@example.test', [COURSE])
    expect((await author.visitor.get(one.desk)).text).toContain('did not answer in time')
  })
})

describe('deleting everything', () => {
  test.each([
    ['deletes the text too, unless the learner chose otherwise', {}, 404],
    ['leaves the text where the learner said so, without anything that leads back', { erased: 'stays' }, 200],
  ])('%s', async (_, choice, status) => {
    const one = await asked()
    await propose(one)
    await yes(one, choice)
    const id = (await published(one))?.id
    await one.visitor.post(`${one.stopLink}/delete`, { sure: 'yes' })
    expect((await createVisitor(app.url).get(`${LIBRARY}/questions/${id}`)).status).toBe(status)
    expect(await app.app.ports.store.questions.byId(one.id)).toBeNull()
    expect(await published(one)).toBeNull()
  })

  test('leaves a kept text to those who answer for the course: they see it in a list, and can take it out', async () => {
    const one = await asked()
    await propose(one, { question: 'Does this stay?' })
    await yes(one, { erased: 'stays' })
    const id = (await published(one))?.id ?? ''
    expect((await author.visitor.get('/desk/published')).text).toContain(`href="${one.desk}"`)
    const elsewhere = await answering(app, 'elsewhere@example.test', ['three-days'], 'owner')
    expect((await elsewhere.visitor.get('/desk/published')).text).not.toContain('Does this stay?')
    const remove = (visitor: typeof author.visitor) => visitor.post('/desk/published/remove', { published: id })
    // As long as the question exists, that is where it is taken out.
    expect((await remove(author.visitor)).status).toBe(404)
    await one.visitor.post(`${one.stopLink}/delete`, { sure: 'yes' })
    expect((await author.visitor.get('/desk/published')).text).not.toContain(one.desk)
    expect((await remove(elsewhere.visitor)).status).toBe(404)
    expect((await remove(author.visitor)).status).toBe(303)
    expect((await createVisitor(app.url).get(`${LIBRARY}/questions/${id}`)).status).toBe(404)
  })
})

test('deleting a question takes its text out of the library, also where it was to stay', async () => {
  const one = await asked()
  await propose(one)
  await yes(one, { erased: 'stays' })
  const id = (await published(one))?.id
  expect(await one.visitor.post(one.page.replace(/publication$/, 'delete'))).toMatchObject({ status: 303 })
  expect((await createVisitor(app.url).get(`${LIBRARY}/questions/${id}`)).status).toBe(404)
})

describe('without an own session', () => {
  test('every number of a question shows the same page, and changes nothing', async () => {
    const one = await asked()
    await propose(one)
    const stranger = createVisitor(app.url)
    const shown = await stranger.get(one.page)
    expect(shown.status).toBe(200)
    expect(shown.text).not.toContain('sleep alone')
    const nothing = one.page.replace(`/${one.id}/`, '/999999/')
    expect((await stranger.get(nothing)).text).toBe(shown.text)
    for (const act of ['yes', 'no', 'change', 'withdraw'])
      expect((await stranger.post(one.page, { do: act, version: '1', library: 'open', ...TEXT })).text).toBe(shown.text)
    expect(await stateOf(one)).toBe('proposed')
    // In an own session, what is another learner's is not there.
    const other = await asked()
    const foreign = one.page.replace(new URL(one.lessonLink).pathname, new URL(other.lessonLink).pathname)
    expect((await other.visitor.get(foreign)).status).toBe(410)
  })

  test('a form from another site is refused', async () => {
    const one = await asked()
    await propose(one)
    const response = await fetch(app.url + one.page, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'do=yes&version=1&library=open',
    })
    expect(response.status).toBe(403)
  })
})

test('at a discreet address the email and the title of the page are neutral', async () => {
  const one = await asked({ discreet: 'on' })
  await propose(one)
  const email = (await app.mail.waitForMail(one.address, 4)).at(-1)?.raw.toString() ?? ''
  expect(email).toContain('Subject: A page for you')
  expect(email.replace(/http\S+/g, '')).not.toMatch(/question|library|Steady Week/i)
  const { text } = await one.visitor.get(one.page)
  expect(text).toContain('<title>Notes</title>')
  await yes(one)
  expect((await one.visitor.get(one.page)).text).toMatch(/href="\/n\/[\w-]{10}">Read it in the library/)
})

test('the text is in clear nowhere before the yes, in one place after it, and nowhere once it is taken out', async () => {
  const one = await asked()
  const canaries = { question: 'Canary kestrel?', answer: 'Canary lapwing.', followUp: 'Canary merlin?' }
  await propose(one, { ...canaries, secondAnswer: 'Canary nightjar.' })
  await answerWith(one, { do: 'change', ...TEXT, ...canaries, secondAnswer: 'Canary osprey.' })
  const holding = () => {
    const database = new Database(joinPath(app.dataDir, 'bootcamp.db'), { readonly: true })
    const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[]
    const found = tables.filter((table) =>
      database
        .prepare(`select * from "${table}"`)
        .all()
        .some((row) =>
          Object.values(row as object).some((value) =>
            (value instanceof Buffer ? value.toString('latin1') : String(value)).includes('anary'),
          ),
        ),
    )
    database.close()
    return found
  }
  expect(holding()).toEqual([])
  await yes(one)
  expect(holding()).toEqual(['published_question'])
  await answerWith(one, { do: 'withdraw' })
  expect(holding()).toEqual([])
  for (const { raw } of app.mail.accepted) expect(raw.toString()).not.toContain('anary')
})

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</textarea><script>alert(1)</script>',
  '[a](javascript:alert(1))',
  '</article></main><form action=https://example.org>',
]

test.each(['question', 'answer', 'followUp', 'secondAnswer'] as const)(
  'nothing in the field %s becomes more than text, for the author and for the learner',
  async (field) => {
    const one = await asked()
    for (const hostile of HOSTILE) {
      const pages = [
        (await author.visitor.post(one.desk, { do: 'look', version: '0', ...TEXT, [field]: hostile })).text,
        await (async () => {
          await propose(one, { [field]: hostile })
          return (await one.visitor.get(one.page)).text
        })(),
        (await author.visitor.get(one.desk)).text,
        (await answerWith(one, { do: 'change', ...TEXT, [field]: hostile, question: '' })).text,
      ]
      for (const text of pages) {
        const main = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? ''
        expect(main).not.toMatch(/<script|<form action=http|<[^>]*\son\w+=|href="javascript:|<img/i)
        expect(text.match(/<\/main>/g)).toHaveLength(1)
      }
    }
  },
)
