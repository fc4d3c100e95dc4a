import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../../support/test-store.ts'
import { signedIn } from '../signed-in.ts'
import { type Answering, answering, ask, write } from './answering.ts'

const MINUTE = 60_000
/** On Postgres with TEST_DATABASE=postgres. */
let database: TestStore
let app: TestApp
let mira: Answering
let jon: Answering
let other: Answering

beforeAll(async () => {
  database = await createTestStore()
  const env = { COURSE: 'three-days', DATABASE_URL: database.url }
  app = await createTestApp({ env, overrides: { lessonsDir: FIXTURE_COURSES } })
  mira = await answering(app, 'mira@example.test')
  jon = await answering(app, 'jon@example.test', ['three-days', 'second-course'])
  other = await answering(app, 'other@example.test', ['second-course'], 'owner')
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const lines = (text: string) => [...text.matchAll(/<tr role="row"><td.*?<\/tr>/gs)].map(([row]) => row)
const acts = async (limit = 5) => (await app.app.ports.store.auditLog.page({}, null, limit)).map(({ act }) => act)
const byId = (id: number) => app.app.ports.store.questions.byId(id)

describe('the inbox', () => {
  test('has urgent ones first and then the oldest, each course for those who answer for it, and no word of any', async () => {
    const old = await ask(app, 'the oldest secret')
    app.clock.advance(MINUTE)
    const next = await ask(app, 'the next secret')
    const urgent = await ask(app, 'the urgent secret', { urgent: true })
    const elsewhere = await ask(app, 'another secret', { course: 'second-course' })
    await ask(app, 'an unconfirmed secret', { state: 'unconfirmed' })
    const numbers = async (who: Answering, query = '') => {
      const { text } = await who.visitor.get(`/desk/questions${query}`)
      expect(text).not.toContain('secret')
      expect(text).not.toContain('mara@')
      return lines(text).map((row) => Number(/questions\/(\d+)"/.exec(row)?.[1]))
    }
    expect(await numbers(mira)).toEqual([urgent.id, old.id, next.id])
    expect(await numbers(jon)).toEqual([urgent.id, old.id, next.id, elsewhere.id])
    expect(await numbers(jon, '?course=second-course')).toEqual([elsewhere.id])
    expect(await numbers(other)).toEqual([elsewhere.id])
    expect(await numbers(other, '?course=three-days')).toEqual([])
    expect(await numbers(mira, '?mine=1')).toEqual([])
    expect(await numbers(mira, '?state=closed')).toEqual([])
    expect(await numbers(mira, `?after=1-${urgent.askedAt}-${urgent.id}`)).toEqual([old.id, next.id])
    expect(await numbers(mira, '?state=nonsense&after=x')).toHaveLength(3)
  })

  test('stands in the bar of those who answer for a course, and of nobody else', async () => {
    const link = '<a href="/desk/questions"'
    expect((await mira.visitor.get('/desk')).text).toContain(link)
    expect((await (await signedIn(app, 'owner')).get('/desk')).text).not.toContain(link)
  })

  test('continues page by page', async () => {
    const many = await answering(app, 'many@example.test', ['long-course'])
    for (let n = 0; n < 52; n += 1) await ask(app, 'one of many', { course: 'long-course' })
    const first = (await many.visitor.get('/desk/questions')).text
    expect(lines(first)).toHaveLength(50)
    const next = /href="(\/desk\/questions\?[^"]*after[^"]*)"/.exec(first)?.[1]?.replaceAll('&#38;', '&') ?? ''
    expect(lines((await many.visitor.get(next.replaceAll('&amp;', '&'))).text)).toHaveLength(2)
  })
})

describe('opening a question', () => {
  test('is in the audit log each time, and shows what was written as text', async () => {
    const { id, learnerId } = await ask(app, 'Is <b>this</b> *normal*?')
    const before = (await acts(500)).filter((act) => act === 'open-question').length
    const { text } = await mira.visitor.get(`/desk/questions/${id}`)
    await mira.visitor.get(`/desk/questions/${id}`)
    expect((await acts(500)).filter((act) => act === 'open-question')).toHaveLength(before + 2)
    const [line] = await app.app.ports.store.auditLog.page({}, null, 1)
    const details = { question: id, course: 'three-days' }
    expect(line).toMatchObject({ act: 'open-question', operatorId: mira.id, learnerId, details })
    expect(text).toContain('Is &#60;b&#62;this&#60;/b&#62; *normal*?')
    expect(text).toContain('Opening this question left a line in the audit log')
    expect(text).toContain(`<title>Question ${id} · Desk</title>`)
  })

  test('needs the course, and no role has it: an owner is told as little as of a question that does not exist', async () => {
    const { id } = await ask(app, 'a secret')
    const waits = await ask(app, 'a secret', { state: 'unconfirmed' })
    const owner = await signedIn(app, 'owner')
    const before = await acts(500)
    const [none, wrong, missing, unconfirmed] = [
      await owner.get(`/desk/questions/${id}`),
      await other.visitor.get(`/desk/questions/${id}`),
      await other.visitor.get('/desk/questions/999999'),
      await mira.visitor.get(`/desk/questions/${waits.id}`),
    ]
    expect([none, wrong, missing, unconfirmed].map(({ status }) => status)).toEqual([403, 404, 404, 404])
    expect(wrong.text).toBe(missing.text)
    expect(await acts(500)).toEqual(before)
    for (const act of ['draft', 'answer', 'assign', 'ask-look', 'give-look', 'state'])
      expect((await other.visitor.post(`/desk/questions/${id}/${act}`, ACT)).status).toBe(404)
    expect(await acts(500)).toEqual(before)
  })

  /** What each act needs besides the right. */
  const ACT = { as: 'close', text: 'x', seen: '1', to: '1', of: '1', look: '1' }

  test('shows the first name only if the learner allows it, and never the address', async () => {
    const without = await ask(app, 'one')
    const named = await ask(app, 'two', { allowsName: true })
    const text = async (id: number) => (await mira.visitor.get(`/desk/questions/${id}`)).text
    expect(await text(without.id)).not.toContain('Ada')
    expect(await text(named.id)).toContain('Ada wrote')
    expect((await text(named.id)) + (await text(without.id))).not.toContain('mara@')
  })

  test('ends at once when the course is taken away', async () => {
    const { id } = await ask(app, 'a secret')
    const leaver = await answering(app, 'leaver@example.test')
    expect((await leaver.visitor.get(`/desk/questions/${id}`)).status).toBe(200)
    await app.app.ports.store.answersFor.revoke(leaver.id, 'three-days')
    expect((await leaver.visitor.get(`/desk/questions/${id}`)).status).toBe(403)
  })
})

describe('an answer', () => {
  test('is kept as a draft, gets a saved passage, is looked at and sent', async () => {
    const { id } = await ask(app, 'What now?')
    const passage = { course: 'three-days', title: 'Help', text: 'There is **help** near you.' }
    await mira.visitor.post('/desk/passages', passage)
    const [saved] = await app.app.ports.store.savedPassages.ofCourses(['three-days'])
    const draft = (as: string, text: string) =>
      mira.visitor.post(`/desk/questions/${id}/draft`, { as, text, passage: String(saved?.id) })
    const location = (await draft('insert', 'First\r\nsecond')).headers.get('Location')
    expect(location).toBe(`/desk/questions/${id}?done=saved#answer`)
    const page = (await mira.visitor.get(`/desk/questions/${id}`)).text
    expect(page).toContain('>First\nsecond\n\nThere is **help** near you.</textarea>')
    // A colleague has a draft of their own.
    expect((await jon.visitor.get(`/desk/questions/${id}`)).text).not.toContain('near you.</textarea>')

    const written = 'Read [this](https://example.test/page). <script>alert(1)</script> ![x](https://example.test/x.png)'
    expect((await draft('look', written)).headers.get('Location')).toBe(`/desk/questions/${id}/look`)
    const look = (await mira.visitor.get(`/desk/questions/${id}/look`)).text
    expect(look).toContain('<a href="https://example.test/page" rel="noopener noreferrer nofollow">this</a>')
    expect(look).not.toContain('<script>alert')
    expect(look).not.toContain('<img')
    const sent = await mira.visitor.post(`/desk/questions/${id}/answer`, { text: written, seen: seenIn(look) })
    expect(sent.headers.get('Location')).toBe(`/desk/questions/${id}?done=sent`)
    expect(await byId(id)).toMatchObject({ state: 'answered', waitingSince: null, assignedTo: mira.id })
    expect(await acts(1)).toEqual(['send-answer'])
    expect(await app.app.ports.store.questionDrafts.of(id, mira.id)).toBeNull()
  })

  test('of two authors at once: the second sees what the first sent before anything goes out', async () => {
    const { id } = await ask(app, 'Who answers?')
    const look = async (who: Answering) => seenIn((await who.visitor.get(`/desk/questions/${id}/look`)).text)
    for (const who of [mira, jon]) await who.visitor.post(`/desk/questions/${id}/draft`, { as: 'look', text: 'Hello' })
    const [one, two] = [await look(mira), await look(jon)]
    const answers = await Promise.all([
      mira.visitor.post(`/desk/questions/${id}/answer`, { text: 'From Mira', seen: one }),
      jon.visitor.post(`/desk/questions/${id}/answer`, { text: 'From Jon', seen: two }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409])
    const refused = answers.find(({ status }) => status === 409)?.text ?? ''
    const isMiraFirst = answers[0]?.status === 303
    expect(refused).toContain('Nothing was sent: something was written after you had looked.')
    expect(refused).toContain(isMiraFirst ? 'From Mira' : 'From Jon')
    expect(refused).toContain(`name="text" value="${isMiraFirst ? 'From Jon' : 'From Mira'}"`)
    const written = async () => (await app.app.ports.store.questions.messages(id)).filter(({ by }) => by === 'author')
    expect(await written()).toHaveLength(1)
    // Having seen it, they may answer too.
    const second = isMiraFirst ? jon : mira
    const again = { text: 'And this', seen: seenIn(refused) }
    expect((await second.visitor.post(`/desk/questions/${id}/answer`, again)).status).toBe(303)
    expect(await written()).toHaveLength(2)
  })

  test('waits while the learner has written more, and goes to no closed question', async () => {
    const question = await ask(app, 'One thing')
    const path = `/desk/questions/${question.id}`
    await mira.visitor.post(`${path}/draft`, { as: 'look', text: 'Answer' })
    const seen = seenIn((await mira.visitor.get(`${path}/look`)).text)
    await write(app, question, 'And another thing')
    const refused = await mira.visitor.post(`${path}/answer`, { text: 'Answer', seen })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('And another thing')
    expect(refused.text).not.toContain('One thing')
    await jon.visitor.post(`${path}/state`, { as: 'close' })
    const late = await mira.visitor.post(`${path}/answer`, { text: 'Answer', seen: seenIn(refused.text) })
    expect(late.status).toBe(400)
    expect((await byId(question.id))?.state).toBe('closed')
  })

  test('that is too long or empty is refused, and stands there to be shortened', async () => {
    const { id } = await ask(app, 'Short?')
    const long = 'ü'.repeat(5_001)
    const answer = await mira.visitor.post(`/desk/questions/${id}/draft`, { as: 'save', text: long })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(`${long}</textarea>`)
    expect((await mira.visitor.post(`/desk/questions/${id}/answer`, { text: ' ', seen: '1' })).status).toBe(400)
  })
})

test('a question is assigned to those who answer for its course, and stands in their own list', async () => {
  const { id } = await ask(app, 'Whose?')
  const assign = (to: string) => mira.visitor.post(`/desk/questions/${id}/assign`, { to })
  expect((await assign(String(other.id))).status).toBe(400)
  expect((await assign(String(jon.id))).headers.get('Location')).toBe(`/desk/questions/${id}?done=assigned`)
  expect((await jon.visitor.get('/desk/questions?mine=1')).text).toContain(`/desk/questions/${id}"`)
  await assign('')
  expect((await byId(id))?.assignedTo).toBeNull()
  expect(await acts(1)).toEqual(['assign-question'])
})

test('a second pair of eyes: a colleague is asked, sees the draft, and says what they think', async () => {
  const { id } = await ask(app, 'Hard one')
  const path = `/desk/questions/${id}`
  await mira.visitor.post(`${path}/draft`, { as: 'save', text: 'My *careful* draft' })
  const before = app.mail.accepted.length
  expect((await mira.visitor.post(`${path}/ask-look`, { of: String(other.id) })).status).toBe(400)
  expect((await mira.visitor.post(`${path}/ask-look`, { of: String(mira.id) })).status).toBe(400)
  expect((await mira.visitor.post(`${path}/ask-look`, { of: String(jon.id) })).status).toBe(303)
  await mira.visitor.post(`${path}/ask-look`, { of: String(jon.id) })
  const mails = app.mail.accepted.slice(before)
  expect(mails.map(({ to }) => to)).toEqual(['jon@example.test'])
  expect(mails[0]?.mail.text).not.toContain('careful')
  expect((await jon.visitor.get('/desk/questions')).text).toContain('A colleague asks you to look at a draft')
  const asked = (await jon.visitor.get(path)).text
  expect(asked).toContain('My <em>careful</em> draft')
  const look = /name="look" value="(\d+)"/.exec(asked)?.[1] ?? ''
  expect((await mira.visitor.post(`${path}/give-look`, { look, note: 'not mine to give' })).status).toBe(400)
  expect((await jon.visitor.post(`${path}/give-look`, { look, note: 'Warmer, please.' })).status).toBe(303)
  expect(await acts(2)).toContain('give-second-look')
  expect((await mira.visitor.get(path)).text).toContain('Warmer, please.')
  expect((await jon.visitor.get(path)).text).not.toContain('My <em>careful</em> draft')
  expect((await jon.visitor.get('/desk/questions')).text).not.toContain('A colleague asks you')
})

test('a question is closed and opened again, or is spam, and each act is in the audit log', async () => {
  const { id, learnerId } = await ask(app, 'Buy this')
  const act = (as: string) => mira.visitor.post(`/desk/questions/${id}/state`, { as })
  const { questions } = app.app.ports.store
  await act('close')
  expect([(await byId(id))?.state, ...(await acts(1))]).toEqual(['closed', 'close-question'])
  expect((await act('close')).status).toBe(400)
  await act('reopen')
  expect([(await byId(id))?.state, ...(await acts(1))]).toEqual(['waiting', 'reopen-question'])
  await act('spam')
  expect([(await byId(id))?.state, ...(await acts(1))]).toEqual(['spam', 'block-questions'])
  expect(await questions.isBlocked(learnerId, 'three-days')).toBe(true)
  expect((await mira.visitor.get('/desk/questions?state=spam')).text).toContain(`/desk/questions/${id}"`)
  await act('not-spam')
  expect([(await byId(id))?.state, ...(await acts(1))]).toEqual(['waiting', 'unblock-questions'])
  expect(await questions.isBlocked(learnerId, 'three-days')).toBe(false)
  expect((await act('nonsense')).status).toBe(400)
})

function seenIn(text: string): string {
  return /name="seen" value="(\d+)"/.exec(text)?.[1] ?? ''
}
