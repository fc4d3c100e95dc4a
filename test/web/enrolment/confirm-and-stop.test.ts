import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, enrol, linkFromMail } from '../visitor.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => app.close())

const ONE_CLICK = 'List-Unsubscribe=One-Click'

async function states(stop: string): Promise<readonly string[]> {
  const { readLink } = await import('../../../src/core/security/link-token.ts')
  const [enrolment = 0] = readLink(app.app.ports.keys, 'stop', stop.slice('/stop/'.length)) ?? []
  const rows = await app.app.ports.store.deliveries.ofEnrolment(enrolment)
  return rows.filter((row) => row.kind === 'lesson').map((row) => row.state)
}

describe('confirming', () => {
  test('takes a press of the button: opening the page, however often, starts nothing', async () => {
    const visitor = createVisitor(app.url)
    const email = 'opens@example.org'
    await visitor.postJson('/sign-up', { email, timeZone: 'Europe/Lisbon' })
    const link = await linkFromMail(app, email, 'confirm')
    for (let visit = 0; visit < 3; visit += 1) {
      const page = await visitor.get(link)
      expect(page.status).toBe(200)
      expect(page.text).toContain(`<form method="post" action="${link}">`)
      expect(page.headers.getSetCookie()).toEqual([])
    }
    expect(app.mail.accepted.filter(({ to }) => to === email)).toHaveLength(1)

    const confirmed = await visitor.post(link)
    expect(confirmed.status).toBe(200)
    expect(confirmed.text).toContain('You’re signed up')
    expect(confirmed.text).toContain('Look at this morning')
    expect(confirmed.text).toMatch(/Change one part.*comes tomorrow, \w+, at 6:00\sAM/s)
    expect((await visitor.get(link)).text).toContain('Your days')
    expect((await visitor.post(link)).status).toBe(200)
    await linkFromMail(app, email, 'l', 2)
    expect(app.mail.accepted.filter(({ to }) => to === email)).toHaveLength(2)
  })

  test('fails kindly with a link that is not whole, and with one that has run out', async () => {
    const visitor = createVisitor(app.url)
    for (const answer of [await visitor.get('/confirm/nonsense'), await visitor.post('/confirm/nonsense')]) {
      expect(answer.status).toBe(404)
      expect(answer.text).toContain('This link doesn’t work')
      expect(answer.text).not.toContain('Kinder')
    }
    await visitor.postJson('/sign-up', { email: 'late@example.org' })
    const link = await linkFromMail(app, 'late@example.org', 'confirm')
    const before = app.clock.now()
    app.clock.advance(49 * 3_600_000)
    try {
      expect((await visitor.get(link)).status).toBe(410)
      expect((await visitor.post(link)).status).toBe(410)
    } finally {
      app.clock.set(before)
    }
  })
})

describe('stopping', () => {
  test('shows a button on GET and stops nothing', async () => {
    const { stop } = await enrol(app, 'looks@example.org')
    const page = await createVisitor(app.url).get(stop)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Stop the lessons?')
    expect(page.text).toContain(`<form method="post" action="${stop}">`)
    expect(await states(stop)).toEqual(['sent', 'planned', 'planned'])
  })

  test.each([
    ['a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: ONE_CLICK }],
    [
      'multipart',
      {
        headers: { 'Content-Type': 'multipart/form-data; boundary=xyz' },
        body: '--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
      },
    ],
    ['no body at all', {}],
  ])('takes one click as %s: 200, no redirect, no cookie, and once more the same', async (how, init) => {
    const { stop } = await enrol(app, `${how.replaceAll(' ', '-')}@example.org`)
    for (let click = 0; click < 2; click += 1) {
      const answer = await createVisitor(app.url).send(stop, { method: 'POST', ...init })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Location')).toBeNull()
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(answer.text).toContain('No more lessons will come.')
    }
    expect(await states(stop)).toEqual(['sent', 'cancelled', 'cancelled'])
  })

  test('refuses a body over 16 KB, which no mail program sends', async () => {
    const { stop } = await enrol(app, 'large@example.org')
    const answer = await createVisitor(app.url).send(stop, { method: 'POST', body: 'x'.repeat(17_000) })
    expect(answer.status).toBe(413)
    expect(await states(stop)).toEqual(['sent', 'planned', 'planned'])
  })

  test('can be taken back with one press, which goes on where it stopped', async () => {
    const { stop, lesson } = await enrol(app, 'again@example.org')
    const visitor = createVisitor(app.url)
    const stopped = await visitor.post(stop)
    expect(stopped.text).toContain(`<form method="post" action="${stop}/restart">`)
    expect((await visitor.get(lesson)).text).toContain('The lessons are stopped.')
    expect((await visitor.get(`${stop}/restart`)).status).toBe(404)
    const restarted = await visitor.post(`${stop}/restart`)
    expect(restarted.status).toBe(200)
    expect(restarted.text).toContain('Started again')
    expect(restarted.text).toMatch(/The next lesson comes tomorrow/)
    expect(await states(stop)).toEqual(['sent', 'planned', 'planned'])
  })

  test('is neutral in discreet mode', async () => {
    const { stop } = await enrol(app, 'quiet@example.org', { discreet: true })
    for (const page of [await createVisitor(app.url).get(stop), await createVisitor(app.url).post(stop)]) {
      expect(page.text).toContain('<title>Notes</title>')
      expect(page.text).not.toMatch(/Kinder|mornings/i)
    }
  })
})

describe('whoever did not ask for it', () => {
  const declineLink = async (email: string) => {
    await createVisitor(app.url).postJson('/sign-up', { email })
    return linkFromMail(app, email, 'stop')
  }
  const known = async (email: string) => {
    const { addressKey } = await import('../../../src/core/security/keys.ts')
    return (await app.app.ports.store.reports.learnerByKey(addressKey(app.app.ports.keys, email))) !== null
  }

  test('is told that nothing was started, and is offered no way to start it again', async () => {
    const visitor = createVisitor(app.url)
    const link = await declineLink('not-me@example.org')
    const asked = await visitor.get(link)
    expect(asked.text).toContain('You did not ask for this?')
    expect(asked.text).toContain(`<form method="post" action="${link}">`)
    expect(asked.text).not.toMatch(/start again|Stop the lessons/i)
    for (const answer of [await visitor.post(link), await visitor.post(link), await visitor.get(link)]) {
      expect(answer.status).toBe(200)
      expect(answer.text).toContain('Nothing will come')
      expect(answer.text).not.toMatch(/start again|start it again|Stopped/i)
      expect(answer.text).toContain(`<form method="post" action="${link}/forget">`)
    }
    const confirm = await linkFromMail(app, 'not-me@example.org', 'confirm')
    expect((await visitor.post(confirm)).status).toBe(410)
    // An old page may still have the button.
    expect((await visitor.post(`${link}/restart`)).text).toContain('Nothing will come')
    expect((await visitor.post(confirm)).status).toBe(410)
  })

  test('can delete the address at once, before or after saying so, and however often', async () => {
    const visitor = createVisitor(app.url)
    for (const says of [true, false]) {
      const email = `delete-${says}@example.org`
      const link = await declineLink(email)
      if (says) await visitor.post(link)
      expect((await visitor.get(`${link}/forget`)).status).toBe(404)
      expect(await known(email)).toBe(true)
      const first = await visitor.post(`${link}/forget`)
      expect(first.status).toBe(200)
      expect(first.text).toContain('Your address is deleted')
      expect(await known(email)).toBe(false)
      expect((await visitor.post(`${link}/forget`)).text).toBe(first.text)
    }
    expect((await visitor.post('/stop/nonsense/forget')).status).toBe(404)
  })

  test('deletes nothing of someone who has joined a course with that address', async () => {
    const email = 'has-course@example.org'
    // After the stop no further sign-up email would come.
    const link = await declineLink(email)
    const visitor = createVisitor(app.url)
    await visitor.postJson('/sign-up', { email })
    await visitor.post(await linkFromMail(app, email, 'confirm', 2))
    const stop = await linkFromMail(app, email, 'stop', 3)
    await visitor.post(stop)
    const page = await visitor.post(link)
    expect(page.text).toContain('Nothing will come')
    expect(page.text).not.toContain('/forget')
    const answer = await visitor.post(`${link}/forget`)
    expect(answer.text).not.toContain('address is deleted')
    expect(await known(email)).toBe(true)
    expect((await visitor.post(`${stop}/forget`)).text).not.toContain('address is deleted')
    expect(await known(email)).toBe(true)
  })
})
