import { writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { dkimVerify } from 'mailauth'
import type { Browser, Page } from 'playwright-core'
import { readReturnAddress } from '../../src/core/reports/return-address.ts'
import { twoKeys } from '../mail/message/every-message.ts'
import { allRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { headerOf, linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'

const DAY = 86_400_000
const DOMAIN = 'bounces.course.example'
const OPEN = 'mara@example.test'
const DISCREET = 'nora@example.test'
const signing = twoKeys()
let parts: TestApp
let browser: Browser
let keyFolder: { path: string; remove(): Promise<void> }

/** Everything a learner may get: two people's whole course with a check-in, links to read back, and sign-ups once more. */
beforeAll(async () => {
  keyFolder = await createTempFolder()
  const files = await Promise.all(
    signing.pem.map(async (pem, index) => {
      const file = joinPath(keyFolder.path, `key${index}.pem`)
      await writeFile(file, pem, { mode: 0o600 })
      return file
    }),
  )
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    worker: true,
    env: {
      MAIL_FROM: 'hello@course.example',
      DKIM_DOMAIN: 'course.example',
      DKIM_SELECTOR: 's0,s1',
      DKIM_KEY_FILE: files.join(','),
      RETURN_PATH_DOMAIN: DOMAIN,
    },
  })
  browser = await openChromium()
  const learners = [
    await join(parts, OPEN, { track: 'mend', name: 'Mara' }),
    await join(parts, DISCREET, { discreet: '1' }),
  ]
  for (const { visitor, lessonLink, address } of learners) {
    await visitor.post(`${lessonLink}/read`)
    await visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7' })
    await parts.mail.waitForMail(address, 4)
  }
  // Seven lessons, the closing mail, and the first check-in a week later.
  for (let mails = 5; mails <= 12; mails += 1) {
    parts.clock.advance(mails === 12 ? 7 * DAY : DAY)
    for (const { address } of learners) await parts.mail.waitForMail(address, mails)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await parts?.close()
  await keyFolder?.remove()
})

const kindOf = (message: Accepted) => headerOf(message, 'Feedback-ID')?.split(':')[0]

test('the service sends every kind of mail with its headers, two signatures and a return path of its own', async () => {
  const kinds = parts.mail.accepted.filter(({ to }) => to === OPEN).map(kindOf)
  const lessons = Array.from({ length: 7 }, (_, index) => `lesson-${index + 1}`)
  expect([...kinds].sort()).toEqual(
    ['already-active', 'check-in', 'closing', 'confirm', ...lessons, 'reading-link'].sort(),
  )
  expect(parts.mail.accepted.filter(({ to }) => to === DISCREET)).toHaveLength(kinds.length)
  const resolver = async (name: string) => [(signing.records[name] ?? '').match(/.{1,255}/g) ?? []]
  const deliveries = new Set<number>()
  for (const message of parts.mail.accepted) {
    const path = readReturnAddress(parts.app.ports.keys, message.from, DOMAIN)
    expect(path?.kind).toBe('bounce')
    if (path?.kind === 'bounce') deliveries.add(path.deliveryId)
    for (const name of ['List-Id', 'Feedback-ID', 'Auto-Submitted', 'Date', 'Message-ID', 'Subject'])
      expect({ name, value: headerOf(message, name) }).toEqual({ name, value: expect.stringMatching(/\S/) })
    expect(headerOf(message, 'List-Unsubscribe')).toMatch(/^<http[^>]+>, <mailto:unsubscribe\+[0-9a-f]+@[^>]+>$/)
    expect(headerOf(message, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
    expect(message.mail.to).toHaveLength(1)
    const { results } = await dkimVerify(message.raw, { resolver })
    expect(results.map(({ status, algo }) => `${algo} ${status.result}`).sort()).toEqual([
      'ed25519-sha256 pass',
      'rsa-sha256 pass',
    ])
  }
  expect(deliveries.size).toBe(parts.mail.accepted.length)
})

test('a crawler that follows every link of every mail, and every kind of link of the pages behind, changes nothing', async () => {
  // All but the name of a schema in the HTML lead to this site.
  const links = [...new Set(parts.mail.accepted.flatMap(linksOf))].filter(
    (link) => !link.startsWith('http://www.w3.org/'),
  )
  for (const link of links) expect(link.startsWith(`${parts.url}/`)).toBe(true)
  const kinds = new Set(links.map((link) => new URL(link).pathname.split('/')[1]))
  for (const kind of ['confirm', 'l', 'stop', 'read', 'v']) expect(kinds).toContain(kind)
  const before = allRows(parts.dataDir)

  for (const link of links) {
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetch(link, { method, redirect: 'follow' })
      await answer.text()
      expect({ link, method, fine: answer.status < 500 }).toEqual({ link, method, fine: true })
    }
  }
  expect(allRows(parts.dataDir)).toEqual(before)

  const context = await visit(browser)
  const page = await context.newPage()
  const faults = complaints(page)
  const behind = new Set<string>()
  for (const link of links) for (const found of await look(page, faults, link)) behind.add(found)
  // The pages of twelve days have the same links but for their tokens: one of each shape is enough.
  const shapes = new Map([...behind].map((link) => [link.replace(/[\w-]{20,}/g, '*'), link]))
  for (const link of shapes.values()) if (!links.includes(link)) await look(page, faults, link)
  await context.close()
  expect(behind.size).toBeGreaterThan(20)
  expect(allRows(parts.dataDir)).toEqual(before)
}, 300_000)

/** Opens a page with its scripts running, rests on it, and tells the links of this site that it has. */
async function look(page: Page, faults: readonly string[], link: string): Promise<string[]> {
  const answer = await page.goto(link, { waitUntil: 'load' }).catch((error: Error) => {
    // A text file is saved instead of shown.
    if (/Download is starting|ERR_ABORTED/.test(error.message)) return null
    throw error
  })
  if (answer === null) {
    // Nor was it only broken off by what the page before it still did.
    const saved = await page.request.get(link)
    expect({ link, kind: saved.headers()['content-disposition'] }).toEqual({
      link,
      kind: expect.stringMatching(/^attachment/),
    })
    return []
  }
  expect({ link, fine: answer.status() < 500 }).toEqual({ link, fine: true })
  await page.mouse.move(100, 100)
  await page.mouse.wheel(0, 2_000)
  expect({ link, faults }).toEqual({ link, faults: [] })
  const found = await page
    .locator('a[href]')
    .evaluateAll((all) => all.map((one) => (one as { href?: string }).href ?? ''))
  return found
    .map((href) => href.replace(/#.*$/, ''))
    .filter((href) => href.startsWith(`${parts.url}/`) || href === parts.url)
}
