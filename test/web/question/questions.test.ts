import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Enrolment, Preferences } from '../../../src/core/model.ts'
import { QUESTION_MAX } from '../../../src/core/question/question.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { answerQuestion } from '../../../src/flow/question/answer-question.ts'
import { askQuestion, MOST_MESSAGES_A_DAY } from '../../../src/flow/question/ask-question.ts'
import { openOwnSession } from '../../../src/flow/security/sessions.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { linksOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { courseWithQuestions } from '../../support/question/course-with-questions.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'
import { type Answer, createVisitor, type Visitor } from '../visitor.ts'

const CANARY = 'My sister Zwetschgenröster says I never listen.'
const DANGER = 'Last night he hit me again.'

let parts: TestApp
let courses: Awaited<ReturnType<typeof courseWithQuestions>>
let people = 0

beforeAll(async () => {
  courses = await courseWithQuestions()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: courses.lessonsDir },
  })
})
afterAll(async () => {
  await parts?.close()
  await courses?.remove()
})

interface Asker {
  readonly enrolment: Enrolment
  readonly lessonLink: string
  /** Has an own session. */
  readonly visitor: Visitor
  /** Holds the link alone. */
  readonly stranger: Visitor
}

/** Somebody whose first lesson has come. */
async function learner({ shortEmails = false, ...more }: Partial<Preferences> = {}): Promise<Asker> {
  people += 1
  const { ports } = parts.app
  const { store } = ports
  const address = `asks-${people}@example.test`
  const { enrolment, deliveries } = await enrolForTest(store, { now: ports.clock.now(), days: 3, address })
  const { id, learnerId } = enrolment
  await deliver(ports, deliveries[0]?.id ?? 0)
  await store.enrolments.setPreferences(id, more)
  await store.enrolments.setShortEmails(id, shortEmails)
  const [visitor, stranger] = [createVisitor(parts.url), createVisitor(parts.url)]
  const session = await store.transaction((unit) => openOwnSession(ports, unit, learnerId, null))
  visitor.cookies.set('notes', session)
  const lessonLink = `${parts.url}/l/${LINKS.lesson.make(ports.keys, { enrolmentId: id, day: 1 })}`
  return { enrolment, lessonLink, visitor, stranger }
}

const ask = (visitor: Visitor, { lessonLink }: Asker, question: string, more = {}) =>
  visitor.post(`${lessonLink}/ask`, { about: 'day', question, ...more })

/** The page that a POST leads to. */
async function follow(visitor: Visitor, answer: Answer): Promise<Answer> {
  expect(answer.status).toBe(303)
  return visitor.get(new URL(answer.headers.get('location') ?? '', parts.url).href)
}

/** The path of the first question in the list. */
async function firstQuestion(visitor: Visitor, { lessonLink }: Asker): Promise<string> {
  const list = (await visitor.get(`${lessonLink}/questions`)).text
  return parts.url + (/href="([^"]*\/questions\/\d+)"/.exec(list)?.[1] ?? 'none')
}

async function answer(text: string): Promise<void> {
  const [row] = queryRows(parts.dataDir, 'select max(id) as id from question')
  const { ports } = parts.app
  const input = { questionId: Number(row?.id), operatorId: 7, text }
  await ports.store.transaction((unit) => answerQuestion(ports, unit, input))
}

/** Without what differs for every request or link. */
const shapeOf = (page: string) =>
  page
    .replace(/\/l\/[\w-]+/g, '/l/x')
    .replace(/\/stop\/[\w-]+/g, '/stop/x')
    .replace(/data-lesson="[\w-]+"/, '')

describe('before sending', () => {
  test('the page of a lesson says who answers, when, that nobody reads it live, and what to leave out', async () => {
    const mara = await learner({ name: 'Mara' })
    const page = (await mara.stranger.get(mara.lessonLink)).text
    for (const said of [
      'Mira Holt, couples counsellor answers, usually within 3 days.',
      'Nobody reads this live.',
      'Please leave out names and addresses.',
      '90 days after the last message',
      'call the emergency number where you are',
      'data-help-lines',
      'my first name: Mara',
    ])
      expect(page).toContain(said)
    expect(page.indexOf('Nobody reads this live.')).toBeLessThan(page.indexOf('name="question"'))
  })

  test('it says so in the language of the learner', async () => {
    const mara = await learner({ language: 'de', name: 'Mara' })
    const page = (await mara.stranger.get(mara.lessonLink)).text
    for (const said of ['Niemand liest hier live mit.', 'Bitte lass Namen und Adressen weg.', 'Deine Fragen'])
      expect(page).toContain(said)
    const sent = await follow(mara.stranger, await ask(mara.stranger, mara, 'Er hat mich geschlagen.'))
    expect(sent.text).toContain('<h1>Wenn Tage zu lang sind</h1>')
    expect((await mara.visitor.get(await firstQuestion(mara.visitor, mara))).text).toContain('Diese Frage löschen')
  })

  test('a course that takes no questions has no form and takes none', async () => {
    const mara = await learner()
    const { ports } = parts.app
    const find = ports.courses.get
    const without = (...given: Parameters<typeof find>) => {
      const course = find.call(ports.courses, ...given)
      return course && { ...course, questions: null }
    }
    const courses = ports.courses as { get: typeof find }
    courses.get = without
    try {
      expect((await mara.visitor.get(mara.lessonLink)).text).not.toMatch(/name="question"|Your questions/)
      expect((await mara.visitor.get(`${mara.lessonLink}/ask`)).status).toBe(403)
      expect((await ask(mara.visitor, mara, CANARY)).status).toBe(403)
    } finally {
      courses.get = find
    }
  })
})

describe('asking', () => {
  test('leads to a page whose address and cookies hold nothing of the text', async () => {
    const mara = await learner()
    const answered = await ask(mara.stranger, mara, CANARY)
    const page = await follow(mara.stranger, answered)
    expect(page.status).toBe(200)
    expect(page.text).toContain('<h1>Your message has been sent</h1>')
    expect(page.text).toContain('An email tells you when there is an answer.')
    const traces = [...answered.headers, ...page.headers].flat().join('\n') + page.text
    expect(traces).not.toMatch(/Zwetschgen|never listen/)
    expect(answered.headers.get('set-cookie')).toBeNull()
    // Sent again by a reload, nothing is asked twice.
    expect(await parts.app.ports.store.questions.ofEnrolment(mara.enrolment.id)).toHaveLength(1)
  })

  test('puts help first where words of danger are, at an address of the same kind, and names no reason', async () => {
    const mara = await learner()
    const [calm, danger] = [await ask(mara.stranger, mara, CANARY), await ask(mara.stranger, mara, DANGER)]
    const [first, second] = [await follow(mara.stranger, calm), await follow(mara.stranger, danger)]
    const at = (page: Answer, text: string) => page.text.indexOf(text)
    expect(at(first, 'Your message has been sent')).toBeLessThan(at(first, 'data-help-lines'))
    expect(at(second, 'data-help-lines')).toBeLessThan(at(second, 'Your message has been sent'))
    expect(second.text).toContain('<h1>If days are too long to wait</h1>')
    const said = second.text.replace(/[\s\S]*<main/, '').replace(/<div class="help-lines[\s\S]*?<\/div>/, '')
    expect(said).not.toMatch(/\bhit\b|in danger(?!, call)|word|detect|found|notice/i)
    const [one, two] = [calm, danger].map(({ headers }) => headers.get('location') ?? '') as [string, string]
    expect(one.length).toBe(two.length)
    expect(one).toMatch(/^\/l\/[\w-]+\/asked\?page=[\w-]+$/)
    // Later, or with an address from elsewhere, it is the page of any question.
    parts.clock.advance(31 * 60_000)
    const later = await follow(mara.stranger, danger)
    expect(at(later, 'Your message has been sent')).toBeLessThan(at(later, 'data-help-lines'))
    expect((await mara.stranger.get(`${mara.lessonLink}/asked?page=made-up`)).status).toBe(200)
  })

  test('says that no email comes to somebody who reads on the web only', async () => {
    const mara = await learner({ webOnly: true })
    const page = await follow(mara.stranger, await ask(mara.stranger, mara, CANARY))
    expect(page.text).toContain('You get no emails, so none tells you of the answer.')
  })

  test.each([
    ['nothing', ' ', 'Please write your question first.'],
    ['too much', 'a'.repeat(QUESTION_MAX + 1), 'Please shorten it to 5,000 characters.'],
  ])('with %s shows the form again with what was typed', async (_, text, said) => {
    const mara = await learner({ name: 'Mara' })
    const page = await ask(mara.stranger, mara, text, { name: 'on' })
    expect(page.status).toBe(400)
    expect(page.text).toContain(said)
    expect(page.text).toContain(`${text}</textarea>`)
    expect(page.text).toMatch(/name="name" value="on" checked/)
    expect(page.text).toContain('name="about" value="day"')
  })

  test('too often in a day keeps what was typed, too', async () => {
    const mara = await learner()
    for (let n = 0; n < MOST_MESSAGES_A_DAY; n += 1) await ask(mara.stranger, mara, CANARY)
    const page = await ask(mara.stranger, mara, CANARY)
    expect(page.status).toBe(429)
    expect(page.text).toContain('You have sent 10 messages within a day.')
    expect(page.text).toContain('Zwetschgenröster')
  })

  test('is about the course where the form says so', async () => {
    const mara = await learner()
    await mara.stranger.post(`${mara.lessonLink}/ask`, { question: CANARY, about: 'course' })
    const [row] = queryRows(parts.dataDir, 'select day, allows_name from question order by id desc limit 1')
    expect(row).toEqual({ day: null, allows_name: 0 })
  })

  test('by somebody with short emails takes an own session only to read', async () => {
    const mara = await learner({ shortEmails: true, name: 'Mara' })
    const { stranger, lessonLink } = mara
    expect((await stranger.get(`${lessonLink}/ask`)).text).not.toContain('name="question"')
    const page = await follow(stranger, await ask(stranger, mara, DANGER))
    expect(page.text).toContain('<h1>If days are too long to wait</h1>')
    expect((await ask(stranger, mara, ' ')).text).not.toContain('Mara')
    expect((await mara.visitor.get(`${lessonLink}/questions`)).text).toContain('Last night he hit me again.')
  })
})

describe('without an own session', () => {
  test('every page of questions is the same, whether there are any or not', async () => {
    const [asked, never] = [await learner(), await learner()]
    await ask(asked.visitor, asked, CANARY)
    const id = (await firstQuestion(asked.visitor, asked)).split('/').at(-1)
    for (const below of [
      '/questions',
      `/questions/${id}`,
      `/questions/${id}/delete`,
      '/questions/999999',
      '/questions/x',
    ]) {
      const [one, two] = [
        await asked.stranger.get(asked.lessonLink + below),
        await never.stranger.get(never.lessonLink + below),
      ]
      expect([one.status, two.status]).toEqual([200, 200])
      expect(shapeOf(one.text)).toBe(shapeOf(two.text))
      expect(one.text).toContain('name="goal" value="questions"')
    }
    for (const below of [`/questions/${id}`, `/questions/${id}/delete`, `/questions/${id}/confirm`]) {
      const page = await asked.stranger.post(asked.lessonLink + below, { question: 'Mine.', word: 'no' })
      expect(page.text).toContain('name="goal" value="questions"')
    }
    expect((await asked.visitor.get(`${asked.lessonLink}/questions/${id}`)).text).toContain('Zwetschgenröster')
    // A lesson page says nothing of a question either.
    const [one, two] = [await asked.stranger.get(asked.lessonLink), await never.stranger.get(never.lessonLink)]
    expect(shapeOf(one.text)).toBe(shapeOf(two.text))
  })

  test('a link by email leads there, and that of the emails goes on to it', async () => {
    const mara = await learner()
    const redirected = await mara.stranger.get(`${mara.lessonLink}/page`)
    expect(redirected.status).toBe(303)
    expect(redirected.headers.get('location')).toBe(`${new URL(mara.lessonLink).pathname}/questions`)
    expect((await mara.stranger.post(`${mara.lessonLink}/read`, { goal: 'questions' })).status).toBe(200)
    const [link] = queryRows(parts.dataDir, 'select delivery_id, goal from emailed_link')
    expect(link?.goal).toBe('questions')
    const { ports } = parts.app
    await deliver(ports, Number(link?.delivery_id))
    const email = parts.mail.accepted.at(-1) as Accepted
    const opened = await mara.stranger.post(linksOf(email).find((one) => one.includes('/read/')) ?? '')
    expect(opened.text).toMatch(/href="\/l\/[\w-]+\/questions">Continue to your questions/)
    expect((await mara.stranger.get(`${mara.lessonLink}/questions`)).text).toContain('There is nothing here yet.')
  })
})

describe('in an own session', () => {
  test('a question and its answer are read, written further and deleted', async () => {
    const mara = await learner()
    await ask(mara.stranger, mara, `${CANARY}\n\n<b>What</b> now?`)
    await answer('Ask her *what* she needs. <script>alert(1)</script>')
    const { visitor } = mara
    const link = await firstQuestion(visitor, mara)
    expect((await visitor.get(`${mara.lessonLink}/questions`)).text).toContain('has an answer')
    const page = (await visitor.get(link)).text
    expect(page).toContain(`<p>${CANARY}</p>`)
    expect(page).toContain('<p>&#60;b&#62;What&#60;/b&#62; now?</p>')
    expect(page).toContain('Ask her <em>what</em> she needs. &lt;script&gt;')
    expect(page).toContain('Mira Holt, couples counsellor, Mar')
    expect(page).not.toMatch(/<title>[^<]*sister/)
    expect(page).toContain('Write back')
    // As before the first message: nobody reads along, and who helps sooner.
    const before = page.slice(0, page.indexOf('name="question"'))
    for (const said of ['Nobody reads this live.', 'usually within 3 days', 'data-help-lines'])
      expect(before).toContain(said)

    expect((await visitor.post(link, { question: ' ' })).status).toBe(400)
    await follow(visitor, await visitor.post(link, { question: 'It went well.' }))
    expect((await visitor.get(link)).text).toContain('<p>It went well.</p>')
    expect((await visitor.get(link)).text).toContain('Add something')

    const sure = await visitor.get(`${link}/delete`)
    expect(sure.text).toContain('It cannot be undone.')
    expect((await visitor.get(link)).status).toBe(200)
    const list = await follow(visitor, await visitor.post(`${link}/delete`))
    expect(list.text).toContain('It is deleted.')
    expect(list.text).not.toContain('Zwetschgen')
    expect((await visitor.get(link)).status).toBe(410)
    expect(queryRows(parts.dataDir, 'select id from question where id = ?', Number(link.split('/').at(-1)))).toEqual([])
  })

  test('a message that came by email asks for a yes first', async () => {
    const mara = await learner()
    const { ports } = parts.app
    const { enrolment } = mara
    const course = ports.courses.get('three-days')
    if (course === null) throw new Error('there is no course')
    const forged = (text: string) =>
      askQuestion(ports, { enrolment, course, day: null, text, allowsName: false, via: 'email', isConfirmed: false })
    for (const word of ['no', 'yes'] as const) {
      await forged(`${CANARY} ${word}`)
      const link = await firstQuestion(mara.visitor, mara)
      expect((await mara.visitor.get(link)).text).toContain('Did you write this?')
      expect((await mara.visitor.post(`${link}/confirm`)).status).toBe(303)
      expect((await mara.visitor.get(link)).text).toContain('Did you write this?')
      const page = await follow(mara.visitor, await mara.visitor.post(`${link}/confirm`, { word }))
      expect(page.text).toContain(word === 'yes' ? 'Your message has been sent' : 'It is deleted.')
    }
    const list = (await mara.visitor.get(`${mara.lessonLink}/questions`)).text
    expect(list).toContain('waits for an answer')
    expect(list).not.toContain('waits for your yes')
  })
})

test('the files that a learner takes along hold questions and answers, and deleting everything deletes them', async () => {
  const mara = await learner()
  await ask(mara.visitor, mara, `${CANARY}\n<i>Or not.</i>`)
  await answer('Ask her [what](https://example.test) she needs.')
  const file = (await mara.visitor.get(`${mara.lessonLink}/take/notes.html`)).text
  expect(file).toContain(`<p>${CANARY}</p>`)
  expect(file).toContain('<p>&#60;i&#62;Or not.&#60;/i&#62;</p>')
  expect(file).toContain('<p>Ask her [what](https://example.test) she needs.</p>')
  expect(file).toMatch(/<h4>Mira Holt, couples counsellor, March 2, 2026/)
  const saved = (await mara.visitor.get(`${mara.lessonLink}/take/notes.json`)).json<{
    courses: { questions: object[] }[]
  }>()
  const asked = expect.stringMatching(/^2026-03-0/)
  expect(saved.courses[0]?.questions).toEqual([
    {
      ...{ day: 1, state: 'answered', askedAt: asked, publication: null },
      messages: [
        { by: 'learner', at: asked, via: 'form', text: `${CANARY}\n<i>Or not.</i>` },
        { by: 'author', at: asked, via: 'form', text: 'Ask her [what](https://example.test) she needs.' },
      ],
    },
  ])
  // What was written after the file was offered is not deleted unseen.
  const page = (await mara.visitor.get(`${mara.lessonLink}/take/leave`)).text
  const seen = /name="seen" value="(\d+)"/.exec(page)?.[1] ?? ''
  parts.clock.advance(1_000)
  await ask(mara.visitor, mara, CANARY)
  const leave = (at: string) => mara.visitor.post(`${mara.lessonLink}/take/leave`, { seen: at })
  await leave(seen)
  expect(await parts.app.ports.store.questions.ofEnrolment(mara.enrolment.id)).toHaveLength(2)
  await leave(String(parts.clock.now()))
  for (const table of ['question', 'question_message', 'question_block'])
    expect(queryRows(parts.dataDir, `select * from ${table} where learner_id = ?`, mara.enrolment.learnerId)).toEqual(
      [],
    )
})

test('nothing of a question is in a plain column, a job, or the address of a page', async () => {
  const mara = await learner()
  const sent = await ask(mara.visitor, mara, CANARY)
  await answer('Zwetschgenknödel are the answer.')
  const tables = queryRows(parts.dataDir, "select name from sqlite_master where type = 'table'")
  for (const { name } of tables) {
    const rows = queryRows(parts.dataDir, `select * from "${String(name)}"`)
    for (const value of rows.flatMap((row) => Object.values(row))) {
      const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
      expect(text).not.toMatch(/Zwetschgen|never listen/)
    }
  }
  expect(sent.headers.get('location')).not.toMatch(/Zwetschgen/)
  for (const { raw } of parts.mail.accepted) expect(raw.toString('utf8')).not.toMatch(/Zwetschgen|never listen/)
})
