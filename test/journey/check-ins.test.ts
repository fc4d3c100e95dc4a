import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { CheckIn } from '../../src/core/course/check-in.ts'
import type { Course } from '../../src/core/course/course.ts'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf, linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { openOwnSessionByLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const DAY = 86_400_000
const WEEK = 7 * DAY
let parts: TestApp
let course: Course
let checkIns: readonly CheckIn[]

async function start(env: Record<string, string> = {}) {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true, env })
  course = parts.app.ports.courses.get('steady-week') as Course
  checkIns = parts.app.ports.courses.resourcesOf('steady-week').checkIns
}

/** Moves on until the closing mail has been sent. */
async function finishWeek({ address }: SignedUpLearner, dayMs = DAY): Promise<void> {
  for (let day = 2; day <= course.lessons.length + 1; day += 1) {
    parts.clock.advance(dayMs)
    await parts.mail.waitForMail(address, day + 1)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
}

/** All but the links that were asked for in between. */
const lessonMails = (address: string) =>
  parts.mail.accepted.filter(
    (message) => message.to === address && !linksOf(message).some((one) => one.includes('/read/')),
  )

const subjectsTo = (address: string) => lessonMails(address).map((message) => message.mail.subject)

const mailsBefore = () => course.lessons.length + 2

describe('after the closing mail', () => {
  let joined: SignedUpLearner

  beforeAll(async () => {
    await start()
    joined = await join(parts, 'mara@example.test', { track: 'mend' })
    await finishWeek(joined)
  })

  afterAll(() => parts?.close())

  const openCheckIn = async (week: number) => {
    await waitFor(
      () => lessonMails(joined.address).length >= mailsBefore() + week,
      () => `check-in ${week}`,
    )
    return lessonMails(joined.address)[mailsBefore() + week - 1] as Accepted
  }

  const sliders = (value: number, week: CheckIn | undefined) =>
    Object.fromEntries(
      (week?.exercise.fields ?? []).flatMap((field) =>
        field.type === 'scale' ? [[`f.${field.id}`, String(Math.min(value, field.max))]] : [],
      ),
    )

  test('a check-in is planned for each week, at the learner’s hour, and the course is finished', () => {
    const hour = (instant: number) =>
      new Date(instant).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })
    const rows = queryRows(parts.dataDir, "select state, due_at from delivery where kind = 'check-in' order by day")
    expect(rows.map(({ state }) => state)).toEqual(checkIns.map(() => 'planned'))
    expect(rows.map(({ due_at }) => hour(due_at as number))).toEqual(checkIns.map(() => '07:00'))
    const closed = queryRows(parts.dataDir, "select first_dot_at from delivery where kind = 'closing'")[0]?.first_dot_at
    // The clocks of Berlin go forward once within these weeks, so a local week may lack an hour.
    for (const [index, row] of rows.entries())
      expect(Math.abs((row.due_at as number) - (closed as number) - (index + 1) * WEEK)).toBeLessThan(DAY / 2)
    expect(queryRows(parts.dataDir, 'select state from enrolment')).toEqual([{ state: 'finished' }])
  })

  test('each comes in its week, in the learner’s form, with one link and a way to stop the check-ins alone', async () => {
    parts.clock.advance(WEEK)
    const mail = await openCheckIn(1)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(mail.mail.subject).toBe(checkIns[0]?.subject)
    expect(mail.mail.text).toContain('Week 1 of 4')
    const page = await joined.visitor.get(linkOf(mail, '/l/'))
    expect(page.text).toContain('Check-in 1 of 4')
    expect(page.text).toContain('name="f.effort-shown"')
    expect(page.text).not.toContain('name="f.effort"')
    const stop = await joined.visitor.get(linkOf(mail, '/stop/'))
    expect(stop.text).toContain('Stop the weekly check-ins?')
  })

  test('it is answered like a day, and completes', async () => {
    const link = linkOf(await openCheckIn(1), '/l/')
    const saved = await joined.visitor.post(link, {
      ...sliders(5, checkIns[0]),
      'f.effort-shown': '0',
      effort: 'small',
    })
    expect(saved.status).toBe(303)
    expect((await joined.visitor.get(saved.headers.get('location') ?? '')).text).toContain('This check-in is done')
    expect(queryRows(parts.dataDir, 'select day, effort from progress')).toEqual([
      { day: course.lessons.length + 2, effort: 'small' },
    ])
  })

  test('the questions asked once more lead to their pages at once, and no answer is stored', async () => {
    parts.clock.advance(WEEK)
    const link = linkOf(await openCheckIn(2), '/l/')
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const page = await joined.visitor.get(link)
    expect(checkIns[1]?.ask).toContain('frightened')
    expect(page.text).toContain('name="q.frightened"')
    const before = allRows(parts.dataDir)
    const told = await joined.visitor.post(`${link}/again`, { 'q.frightened': 'once' })
    const helpCard = parts.app.ports.courses.resourcesOf('steady-week').pages.find(({ name }) => name === 'help-card')
    expect(told.text).toContain(helpCard?.title)
    const after = allRows(parts.dataDir)
    // What is held back is sealed anew, all of one size; everything else is as it was.
    const rest = ({ enrolment, learner, ...tables }: typeof before) => tables
    expect(rest(after)).toEqual(rest(before))
    expect(told.text).not.toMatch(/<input[^>]* checked/)
  })

  test('nothing shown of effort for three check-ins is said plainly, to the session that wrote it alone', async () => {
    const rule = parts.app.ports.courses.resourcesOf('steady-week').checkInRules.find(({ kind }) => kind === 'none')
    const words = rule?.say.replace(/[*_[\]()]/g, '').slice(0, 40) ?? ''
    expect(words.length).toBeGreaterThan(20)
    for (const week of [2, 3]) {
      if (week === 3) parts.clock.advance(WEEK)
      const link = linkOf(await openCheckIn(week), '/l/')
      await waitUntilIdle(parts.dataDir, parts.clock.now())
      // Weeks after confirming the session is over: a link from an email opens what every earlier one wrote.
      await openOwnSessionByLink(parts, joined, joined.visitor)
      expect((await joined.visitor.get(link)).text).not.toContain('care-says')
      await joined.visitor.post(link, { ...sliders(5, checkIns[week - 1]), 'f.effort-shown': '0', effort: 'full' })
    }
    const link = linkOf(await openCheckIn(3), '/l/')
    const text = (await joined.visitor.get(link)).text
    expect(text).toContain('care-says')
    const { createVisitor } = await import('../support/visitor.ts')
    expect((await createVisitor(parts.url).get(link)).text).not.toContain('care-says')
  })

  test('after the last one comes nothing more', async () => {
    parts.clock.advance(WEEK)
    await openCheckIn(4)
    parts.clock.advance(10 * WEEK)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(subjectsTo(joined.address).slice(mailsBefore())).toEqual([
      ...checkIns.slice(0, 2).map(({ subject }) => subject),
      // In week 2 something was answered that holds a part back: mails are short from then on.
      `${course.title}: your next page`,
      `${course.title}: your next page`,
    ])
  })
})

describe('stopping', () => {
  beforeAll(() => start())
  afterAll(() => parts?.close())

  const states = (address: string) =>
    queryRows(
      parts.dataDir,
      "select state from delivery where kind = 'check-in' and learner_id = (select id from learner where address = ?) order by day",
      address,
    ).map(({ state }) => state)

  test('the check-ins alone: one press in their mail, and silence; they can come again', async () => {
    const joined = await join(parts, 'olga@example.test')
    await finishWeek(joined)
    parts.clock.advance(WEEK)
    const mail = (await parts.mail.waitForMail(joined.address, mailsBefore() + 1)).at(-1)
    if (!mail) throw new Error('no check-in')
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const stop = linkOf(mail, '/stop/')
    expect((await joined.visitor.post(stop)).text).toContain('No more check-ins will come')
    expect(states(joined.address)).toEqual(['sent', 'cancelled', 'cancelled', 'cancelled'])
    expect((await joined.visitor.post(`${stop}/restart`)).text).toContain('Started again')
    expect(states(joined.address)).toEqual(['sent', 'planned', 'planned', 'planned'])
    await joined.visitor.post(stop)
    parts.clock.advance(6 * WEEK)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    expect(subjectsTo(joined.address)).toHaveLength(mailsBefore() + 1)
  })

  test('with the link of any lesson’s mail everything stops, check-ins too', async () => {
    const joined = await join(parts, 'petra@example.test')
    await finishWeek(joined)
    await joined.visitor.post(joined.stopLink)
    expect(states(joined.address)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
  })

  test('refused in the settings beforehand, none is ever planned', async () => {
    const joined = await join(parts, 'rosa@example.test')
    await joined.visitor.post(`${joined.lessonLink}/settings`, { all: '1', timeZone: 'Europe/Berlin', hour: '7' })
    await finishWeek(joined)
    expect(states(joined.address)).toEqual([])
  })

  test('an answer that pauses the course stops the check-ins', async () => {
    const joined = await join(parts, 'sonja@example.test')
    await finishWeek(joined)
    for (let week = 1; week <= 2; week += 1) {
      parts.clock.advance(WEEK)
      await parts.mail.waitForMail(joined.address, mailsBefore() + week)
      await waitUntilIdle(parts.dataDir, parts.clock.now())
    }
    const mail = (await parts.mail.waitForMail(joined.address, mailsBefore() + 2)).at(-1)
    if (!mail) throw new Error('no check-in')
    const told = await joined.visitor.post(`${linkOf(mail, '/l/')}/again`, { 'q.frightened': 'often' })
    const safety = parts.app.ports.courses.resourcesOf('steady-week').pages.find(({ name }) => name === 'safety')
    expect(told.text).toContain(safety?.title)
    expect(states(joined.address)).toEqual(['sent', 'sent', 'cancelled', 'cancelled'])
  })

  test('a changed hour moves the check-ins and leaves them a week apart', async () => {
    const joined = await join(parts, 'tilda@example.test')
    await finishWeek(joined)
    await joined.visitor.postJson(`${joined.lessonLink}/settings`, { timeZone: 'Asia/Tokyo', hour: 20 })
    const rows = queryRows(
      parts.dataDir,
      "select due_at from delivery where kind = 'check-in' and state = 'planned' and learner_id = (select id from learner where address = ?) order by day",
      joined.address,
    ).map(({ due_at }) => due_at as number)
    expect(rows).toHaveLength(checkIns.length)
    for (const dueAt of rows) expect(new Date(dueAt).toISOString()).toContain('T11:00:00')
    for (const [index, dueAt] of rows.slice(1).entries()) expect(dueAt - (rows[index] as number)).toBe(WEEK)
  })
})

describe('on the rehearsal clock', () => {
  beforeAll(() => start({ COURSE_DAY: '60s' }))
  afterAll(() => parts?.close())

  test('a check-in comes every seven course days', async () => {
    const joined = await join(parts, 'mara@example.test')
    await finishWeek(joined, 60_000)
    const closed = queryRows(parts.dataDir, "select first_dot_at from delivery where kind = 'closing'")[0]?.first_dot_at
    const rows = queryRows(parts.dataDir, "select due_at from delivery where kind = 'check-in' order by day")
    expect(rows.map(({ due_at }) => (due_at as number) - (closed as number))).toEqual(
      checkIns.map(({ week }) => week * 7 * 60_000),
    )
    parts.clock.advance(7 * 60_000)
    expect((await parts.mail.waitForMail(joined.address, mailsBefore() + 1)).at(-1)?.mail.subject).toBe(
      checkIns[0]?.subject,
    )
  })
})
