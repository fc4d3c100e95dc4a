import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Lesson } from '../../../src/core/course/course.ts'
import { addressKey, mailboxKey } from '../../../src/core/security/keys.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { applyBounce } from '../../../src/flow/enrolment/apply-bounce.ts'
import { viewRecoveryCode } from '../../../src/flow/security/recovery-code.ts'
import { forgetSessions } from '../../../src/flow/security/sessions.ts'
import { allRows, queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { writingFieldOf } from '../../support/fill-exercise.ts'
import { linksOf } from '../../support/mail-links.ts'
import { newestLink, openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const BEFORE = 'written before the change 7261'
const AFTER = 'written after the change 5512'
let parts: TestApp
let field: string
let people = 0

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', SIGN_UP_LIMIT: '200' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  field = writingFieldOf(parts.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
})
afterAll(() => parts?.close())

const idle = () => waitUntilIdle(parts.dataDir, parts.clock.now())
const mailsTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)
const write = (joined: SignedUpLearner, visitor: ReturnType<typeof createVisitor>, text: string) =>
  visitor.post(joined.lessonLink, { [`f.${field}`]: text, keep: '1' })
const linkIn = (address: string, kind: string) =>
  linksOf(mailsTo(address).at(-1) as (typeof parts.mail.accepted)[number]).find((link) =>
    link.startsWith(parts.url + kind),
  ) ?? ''
const stateOf = (address: string) =>
  queryRows(
    parts.dataDir,
    'select state from enrolment join learner on learner.id = learner_id where address = ?',
    address,
  )

const isQuiet = async (address: string) =>
  (await parts.app.ports.store.mailboxes.stoppedAt(mailboxKey(parts.app.ports.keys, address))) !== null

async function someone(choices: Record<string, string> = {}) {
  people += 1
  const joined = await join(parts, `old-${people}@example.test`, choices)
  await write(joined, joined.visitor, BEFORE)
  return { joined, former: joined.address, next: `new-${people}@example.test` }
}

async function ask(joined: SignedUpLearner, address: string, visitor = joined.visitor) {
  const answer = await visitor.post(`${joined.lessonLink}/settings/address`, { email: address })
  await idle()
  return answer
}

/** The whole change, as far as the new address's click. */
async function changed(choices: Record<string, string> = {}) {
  const person = await someone(choices)
  parts.clock.advance(1_000)
  await ask(person.joined, person.next)
  const link = linkIn(person.next, '/address/')
  const answer = await createVisitor(parts.url).post(link)
  await idle()
  parts.clock.advance(1_000)
  return { ...person, link, answer }
}

describe('a change of address', () => {
  test('takes a fresh session of one’s own, and a click in the new mailbox', async () => {
    const { joined, former, next } = await someone()
    const stranger = createVisitor(parts.url)
    for (const answer of [
      await stranger.get(`${joined.lessonLink}/settings/address`),
      await ask(joined, next, stranger),
    ])
      expect([answer.status, answer.text.includes('name="email"')]).toEqual([403, false])
    expect(mailsTo(next)).toHaveLength(0)

    expect((await ask(joined, next)).status).toBe(200)
    const link = linkIn(next, '/address/')
    expect((await stranger.get(link)).text).toContain('<form method="post" action="/address/')
    expect(stateOf(next)).toEqual([])
    expect((await stranger.post(link)).status).toBe(200)
    await idle()
    expect([stateOf(next), stateOf(former)]).toEqual([[{ state: 'active' }], []])
    // Once.
    expect((await stranger.post(link)).status).toBe(410)
    // Every session has ended.
    expect((await joined.visitor.get(joined.lessonLink)).text).not.toContain(BEFORE)
    // The lessons go to the new address, once each.
    parts.clock.advance(DAY)
    await parts.mail.waitForMail(next, 2)
    await idle()
    expect(mailsTo(next)).toHaveLength(2)
    expect(mailsTo(former).filter(({ mail }) => /Change one part/.test(mail.text ?? ''))).toHaveLength(0)
  })

  test('tells the former address without the new one, in a discreet form where the learner is discreet', async () => {
    for (const choices of [{}, { discreet: 'on' }]) {
      const { former, next } = await changed(choices)
      const note = mailsTo(former).at(-1)
      expect(note?.mail.subject).toBe('Your address was changed')
      const all = `${JSON.stringify(note?.mail.headerLines)} ${note?.mail.html} ${note?.mail.text}`
      expect(all).not.toContain(next)
      if ('discreet' in choices) expect(all).not.toContain('Kinder Mornings')
      const page = (await createVisitor(parts.url).get(linkIn(former, '/address/undo/'))).text
      expect(page).not.toContain(next)
    }
  })

  test('looks the same whether the new address takes a course, bounced, or is unknown', async () => {
    const { joined } = await someone()
    const other = await someone()
    const taken = other.former
    const pages = [await ask(joined, taken), await ask(joined, 'nobody-there@example.test')]
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1)
    expect(mailsTo(taken).filter((mail) => linksOf(mail).some((link) => link.includes('/address/')))).toHaveLength(0)
    expect((await ask(joined, joined.address)).status).toBe(400)
    expect((await ask(joined, 'no address')).status).toBe(400)
  })

  test('twice at once, the later one counts', async () => {
    const { joined, former, next } = await someone()
    await Promise.all([ask(joined, next), ask(joined, `second-${next}`)])
    await idle()
    const links = [linkIn(next, '/address/'), linkIn(`second-${next}`, '/address/')]
    const statuses = await Promise.all(links.map(async (link) => (await createVisitor(parts.url).post(link)).status))
    expect(statuses.toSorted()).toEqual([200, 410])
    expect(stateOf(former)).toEqual([])
    expect([...stateOf(next), ...stateOf(`second-${next}`)]).toEqual([{ state: 'active' }])
  })

  test('is refused where the new address began a course meanwhile', async () => {
    const { joined, former, next } = await someone()
    await ask(joined, next)
    const link = linkIn(next, '/address/')
    await join(parts, next)
    expect((await createVisitor(parts.url).post(link)).status).toBe(410)
    expect(stateOf(former)).toEqual([{ state: 'active' }])
  })

  test('leaves nothing in the former mailbox that opens what was written', async () => {
    const { joined, former, next } = await someone()
    await joined.visitor.post(`${joined.lessonLink}/read`)
    await idle()
    const reading = linkIn(former, '/read/')
    expect(reading).not.toBe('')
    await ask(joined, next)
    await createVisitor(parts.url).post(linkIn(next, '/address/'))
    expect((await createVisitor(parts.url).post(reading)).status).toBe(410)
  })

  test('is deleted with everything else, and so are the other address and one that was only asked', async () => {
    const gone = await changed()
    const asked = await someone()
    await ask(asked.joined, asked.next)
    const taken = await someone()
    const { joined: owner } = await someone()
    await ask(taken.joined, owner.address)
    for (const { joined, former, next } of [gone, asked, taken]) {
      const address = joined === gone.joined ? next : former
      await createVisitor(parts.url).post(`${joined.stopLink}/delete`)
      await createVisitor(parts.url).post(await newestLink(parts, address, '/delete/'))
    }
    const addresses = [gone, asked, taken].flatMap(({ former, next }) => [former, next])
    expect(addresses.filter((address) => JSON.stringify(allRows(parts.dataDir)).includes(address))).toEqual([])
    // Whoever has a course of their own keeps it.
    expect(stateOf(owner.address)).toEqual([{ state: 'active' }])
  })

  test('can be declined by whoever has the new mailbox', async () => {
    const { joined, former, next } = await someone()
    await ask(joined, next)
    const link = linkIn(next, '/address/')
    const decline = linkIn(next, '/stop/')
    const visitor = createVisitor(parts.url)
    expect((await visitor.get(decline)).text).not.toContain('Kinder Mornings')
    expect((await visitor.post(decline)).status).toBe(200)
    expect((await visitor.post(decline)).status).toBe(200)
    expect((await visitor.post(link)).status).toBe(410)
    await ask(joined, next)
    expect(mailsTo(next)).toHaveLength(1)
    expect((await visitor.post(`${decline}/forget`)).status).toBe(200)
    expect(queryRows(parts.dataDir, 'select id from learner where address = ?', next)).toEqual([])
    expect(stateOf(former)).toEqual([{ state: 'active' }])
  })
})

describe('another’s request', () => {
  test('for the same address is over once one has it, and touches nobody’s former mailbox', async () => {
    const victim = await someone()
    const other = await someone()
    const { next } = victim
    await ask(other.joined, next)
    const [link, decline] = [linkIn(next, '/address/'), linkIn(next, '/stop/')]
    await ask(victim.joined, next)
    expect((await createVisitor(parts.url).post(linkIn(next, '/address/'))).status).toBe(200)
    await idle()
    const visitor = createVisitor(parts.url)
    expect([(await visitor.post(link)).status, (await visitor.post(decline)).status]).toEqual([410, 410])
    await visitor.post(`${decline}/forget`)
    expect(queryRows(parts.dataDir, 'select id from learner where address = ?', victim.former)).toHaveLength(1)
    expect(await isQuiet(victim.former)).toBe(false)
  })
})

describe('the stop link of the email that asked', () => {
  test('stops the course once the address has confirmed', async () => {
    const { next } = await changed()
    expect((await createVisitor(parts.url).post(linkIn(next, '/stop/'))).status).toBe(200)
    expect(stateOf(next)).toEqual([{ state: 'stopped' }])
  })
})

describe('a report about an email to the former address', () => {
  const messageTo = (address: string) => {
    const [row] = queryRows(
      parts.dataDir,
      "select delivery.id from delivery join learner on learner.id = delivery.learner_id where kind = 'lesson' and state = 'sent' and address = ?",
      address,
    )
    return Number(row?.id)
  }
  const report = async (address: string, consequence: 'dead' | 'complaint') => {
    const { store } = parts.app.ports
    await store.transaction(async (unit) => {
      const row = await unit.deliveries.byId(messageTo(address))
      if (row === null) throw new Error('no lesson was sent')
      await applyBounce(unit, row, consequence, { reason: 'userunknown', permanent: true }, parts.clock.now())
    })
  }
  const isSuppressed = async (address: string) =>
    (await parts.app.ports.store.suppressions.byKey(addressKey(parts.app.ports.keys, address))) !== null

  test.each(['dead', 'complaint'] as const)('(%s) suppresses that address and ends nothing', async (consequence) => {
    const { former, next } = await changed()
    await report(next, consequence)
    expect([await isSuppressed(former), await isSuppressed(next)]).toEqual([true, false])
    expect(stateOf(next)).toEqual([{ state: 'active' }])
  })

  test('concerns nobody once that address is forgotten', async () => {
    const { former, next } = await changed()
    parts.clock.advance(8 * DAY)
    await idle()
    await forgetSessions(parts.app.ports)
    await report(next, 'dead')
    expect([await isSuppressed(former), await isSuppressed(next)]).toEqual([false, false])
    const changes = () =>
      queryRows(
        parts.dataDir,
        'select 1 as one from address_change join learner on learner.id = learner_id where address = ?',
        next,
      )
    expect(changes()).toHaveLength(1)
    parts.clock.advance(30 * DAY)
    await idle()
    await forgetSessions(parts.app.ports)
    expect(changes()).toHaveLength(0)
  })
})

describe('the recovery code', () => {
  const codeOn = (text: string) => /<p class="code">([^<]+)<\/p>/.exec(text)?.[1] ?? ''

  test('ends with the former address, and whoever asks for the change gets the next one', async () => {
    const { joined, next } = await someone()
    await joined.visitor.post(`${joined.lessonLink}/settings/code`)
    const [{ id } = { id: 0 }] = queryRows(parts.dataDir, 'select id from learner where address = ?', joined.address)
    const code = (await viewRecoveryCode(parts.app.ports, Number(id))) ?? ''
    // A code that was shown for a change that never happened opens nothing.
    const never = codeOn((await ask(joined, `never-${next}`)).text)
    const fresh = codeOn((await ask(joined, next)).text)
    expect(new Set([code, never, fresh, '']).size).toBe(4)
    const open = async (typed: string) => (await createVisitor(parts.url).post('/back/code', { code: typed })).status
    expect([await open(code), await open(fresh)]).toEqual([200, 400])
    await createVisitor(parts.url).post(linkIn(next, '/address/'))
    await idle()
    expect([await open(code), await open(never), await open(fresh)]).toEqual([400, 400, 200])
  })

  test('is not shown to somebody who signs up with the new address within a week', async () => {
    const { joined, next } = await changed()
    await createVisitor(parts.url).post(joined.stopLink)
    await parts.app.ports.store.mailboxes.resume(mailboxKey(parts.app.ports.keys, next))
    await createVisitor(parts.url).post('/sign-up', {
      email: next,
      timeZone: 'Europe/Berlin',
      hour: '7',
      webOnly: 'on',
    })
    await idle()
    const confirmed = await createVisitor(parts.url).post(linkIn(next, '/confirm/'))
    expect([confirmed.status, codeOn(confirmed.text)]).toEqual([200, ''])
  })
})

describe('for a week after it', () => {
  test('a link to the new address opens what was written since, and everything after that week', async () => {
    const { joined, next } = await changed()
    const person = { address: next, lessonLink: joined.lessonLink }
    const visitor = await openOwnSessionByLink(parts, person)
    await write(joined, visitor, AFTER)
    const other = await openOwnSessionByLink(parts, person)
    const text = (await other.get(joined.lessonLink)).text
    expect([text.includes(BEFORE), text.includes(AFTER)]).toEqual([false, true])
    for (const path of ['/print', '/notes.txt'])
      expect((await other.get(`${joined.lessonLink}${path}`)).text).not.toContain(BEFORE)
    // Nor does it do what cannot be undone, not even set the reading word that would open everything.
    const refused = [
      await other.post(`${joined.lessonLink}/settings/word`, { do: 'set', word: 'the old pear tree' }),
      await ask(joined, `third-${next}`, other),
    ]
    for (const answer of refused) expect([answer.status, /address was changed/.test(answer.text)]).toEqual([403, true])

    parts.clock.advance(7 * DAY)
    const later = await openOwnSessionByLink(parts, person)
    expect((await later.get(joined.lessonLink)).text).toContain(BEFORE)
  })

  test('a link to the new address takes nothing along, deletes nothing, and neither shows nor replaces the own line', async () => {
    const { joined, next } = await someone()
    const { ports } = parts.app
    const link = LINKS.lesson.read(ports.keys, new URL(joined.lessonLink).pathname.split('/').at(-1) ?? '')
    await ports.store.progress.complete(link?.enrolmentId ?? 0, 3, 'small', parts.clock.now())
    await joined.visitor.post(`${joined.lessonLink}/finished`, { line: BEFORE })
    await ask(joined, next)
    await createVisitor(parts.url).post(linkIn(next, '/address/'))
    await idle()
    const visitor = await openOwnSessionByLink(parts, { ...joined, address: next })
    for (const answer of [
      await visitor.get(`${joined.lessonLink}/take`),
      await visitor.get(`${joined.lessonLink}/take/notes.html`),
      await visitor.get(`${joined.lessonLink}/take/notes.json`),
      await visitor.post(`${joined.lessonLink}/take/leave`, { seen: '9999999999999' }),
      await visitor.post(`${joined.lessonLink}/finished`, { line: 'another line' }),
      await visitor.post(`${joined.lessonLink}/finished`, { line: '' }),
    ])
      expect([answer.status, answer.text.includes(BEFORE)]).toEqual([403, false])
    expect((await visitor.get(`${joined.lessonLink}/finished`)).text).not.toContain(BEFORE)
    parts.clock.advance(7 * DAY)
    const later = await openOwnSessionByLink(parts, { ...joined, address: next })
    expect((await later.get(`${joined.lessonLink}/finished`)).text).toContain(`<p>${BEFORE}</p></blockquote>`)
    expect((await later.get(`${joined.lessonLink}/take/notes.html`)).text).toContain(BEFORE)
  })

  test('the reading word opens everything', async () => {
    const { joined, next } = await someone()
    await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word: 'the old pear tree' })
    await ask(joined, next)
    await createVisitor(parts.url).post(linkIn(next, '/address/'))
    await idle()
    const person = { address: next, lessonLink: joined.lessonLink }
    const visitor = await openOwnSessionByLink(parts, person, undefined, { word: 'the old pear tree' })
    expect((await visitor.get(joined.lessonLink)).text).toContain(BEFORE)
  })

  test('with short emails the pages open, for what is written since', async () => {
    const { joined, next } = await changed({ shortEmails: 'on' })
    const visitor = await openOwnSessionByLink(parts, { address: next, lessonLink: joined.lessonLink })
    const text = (await visitor.get(joined.lessonLink)).text
    expect([text.includes('<form id="answers"'), text.includes(BEFORE)]).toEqual([true, false])
  })
})

describe('the former address', () => {
  test('stops everything until the new one confirms once more, and gets nothing back', async () => {
    const { joined, former, next } = await changed()
    const undo = linkIn(former, '/address/undo/')
    const visitor = createVisitor(parts.url)
    expect(stateOf(next)).toEqual([{ state: 'active' }])
    expect((await visitor.get(undo)).text).toContain('Stop everything')
    expect(stateOf(next)).toEqual([{ state: 'active' }])
    expect((await visitor.post(undo)).status).toBe(200)
    await idle()
    expect((await visitor.post(undo)).status).toBe(200)
    expect([stateOf(next), stateOf(former)]).toEqual([[{ state: 'stopped' }], []])
    // Not even with a link of an earlier email.
    await visitor.post(`${joined.stopLink}/restart`)
    expect(stateOf(next)).toEqual([{ state: 'stopped' }])
    const [sent, forms] = [mailsTo(former).length, mailsTo(next).length]
    parts.clock.advance(2 * HOUR)
    await idle()
    expect([mailsTo(former).length, mailsTo(next).length]).toEqual([sent, forms])

    const again = await createVisitor(parts.url).post(linkIn(next, '/address/'))
    expect(again.status).toBe(200)
    await idle()
    expect(stateOf(next)).toEqual([{ state: 'active' }])
    parts.clock.advance(DAY)
    await idle()
    expect(mailsTo(next).at(-1)?.mail.text).toContain('Change one part')
    expect(mailsTo(former)).toHaveLength(sent)
  })

  test('does not bring back what was stopped before the undo', async () => {
    const { joined, former, next } = await changed()
    await createVisitor(parts.url).post(joined.stopLink)
    parts.clock.advance(1_000)
    await createVisitor(parts.url).post(linkIn(former, '/address/undo/'))
    await idle()
    parts.clock.advance(1_000)
    // A stop in that mailbox also keeps requested emails away for a while, so the link is made here.
    const [change] = queryRows(
      parts.dataDir,
      'select address_change.delivery_id as id, emailed_link.delivery_id as link from address_change join learner on learner.id = address_change.learner_id join emailed_link on emailed_link.learner_id = learner.id and used_at is null where address = ?',
      next,
    )
    const { keys } = parts.app.ports
    const token = LINKS.address.make(
      keys,
      { changeId: Number(change?.id), deliveryId: Number(change?.link) },
      parts.clock.now() + HOUR,
    )
    expect((await createVisitor(parts.url).post(`/address/${token}`)).status).toBe(200)
    expect(stateOf(next)).toEqual([{ state: 'stopped' }])
  })

  test('of a first change undoes it after a second one too, and the newest address makes it go on', async () => {
    const { joined, former, next } = await someone()
    await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word: 'the old pear tree' })
    await ask(joined, next)
    await createVisitor(parts.url).post(linkIn(next, '/address/'))
    await idle()
    parts.clock.advance(1_000)
    const person = { address: next, lessonLink: joined.lessonLink }
    const visitor = await openOwnSessionByLink(parts, person, undefined, { word: 'the old pear tree' })
    const third = `third-${next}`
    await ask(joined, third, visitor)
    await createVisitor(parts.url).post(linkIn(third, '/address/'))
    await idle()
    expect(stateOf(third)).toEqual([{ state: 'active' }])
    const undo = linkIn(former, '/address/undo/')
    expect((await createVisitor(parts.url).post(undo)).status).toBe(200)
    await idle()
    expect(stateOf(third)).toEqual([{ state: 'stopped' }])
    await createVisitor(parts.url).post(`${joined.stopLink}/restart`)
    expect(stateOf(third)).toEqual([{ state: 'stopped' }])
    // The second change can be undone as well, and one click then ends both.
    await createVisitor(parts.url).post(linkIn(next, '/address/undo/'))
    await idle()
    expect((await createVisitor(parts.url).post(linkIn(third, '/address/'))).status).toBe(200)
    await idle()
    expect(stateOf(third)).toEqual([{ state: 'active' }])
    expect((await createVisitor(parts.url).post(undo)).status).toBe(410)
    expect(mailsTo(former).filter((mail) => linksOf(mail).some((link) => link.includes('/address/')))).toHaveLength(1)
  })

  test('leads to nothing that was begun since', async () => {
    const { joined, former, next } = await changed()
    const used =
      linkIn(former, '/confirm/') || linksOf(mailsTo(former)[0] as never).find((link) => link.includes('/confirm/'))
    await createVisitor(parts.url).post(joined.stopLink)
    await parts.app.ports.store.mailboxes.resume(mailboxKey(parts.app.ports.keys, next))
    await createVisitor(parts.url).post('/sign-up', { email: next, timeZone: 'Europe/Berlin', hour: '7' })
    await idle()
    await createVisitor(parts.url).post(`${linkIn(next, '/confirm/')}/anew`)
    await idle()
    expect(stateOf(next)).toHaveLength(2)
    const page = (await createVisitor(parts.url).get(used ?? '')).text
    const shown = [...page.matchAll(/href="\/l\/([^"/]+)"/g)].map(
      ([, token]) => LINKS.lesson.read(parts.app.ports.keys, token ?? '')?.enrolmentId,
    )
    const own = LINKS.lesson.read(parts.app.ports.keys, new URL(joined.lessonLink).pathname.split('/').at(-1) ?? '')
    expect(new Set(shown)).toEqual(new Set([own?.enrolmentId]))
  })

  test('has seven days, and is forgotten then', async () => {
    const { former, next } = await changed()
    const undo = linkIn(former, '/address/undo/')
    parts.clock.advance(7 * DAY)
    await idle()
    expect((await createVisitor(parts.url).post(undo)).status).toBe(410)
    expect(stateOf(next)).not.toEqual([{ state: 'stopped' }])
    parts.clock.advance(1)
    await forgetSessions(parts.app.ports)
    expect(queryRows(parts.dataDir, 'select id from learner where address = ?', former)).toEqual([])
    expect(queryRows(parts.dataDir, 'select id from learner where address = ?', next)).toHaveLength(1)
  })
})
