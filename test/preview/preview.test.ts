import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { LOCALES } from '../../src/content/load-locales.ts'
import { startPreview } from '../../src/preview/preview-server.ts'
import { EMAILS, FIXTURES, LESSONS } from '../mail/message/sample-mail.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { relayAt, siteAt } from '../support/parse-servers.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { complaints, openChromium } from '../web/chromium.ts'

let folder: { path: string; remove(): Promise<void> }
let server: MailServer
let preview: { url: string; close(): Promise<void> }
let browser: Browser
let page: Page
let problems: string[]

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(LESSONS, join(folder.path, 'lessons'), { recursive: true })
  await cp(FIXTURES, join(folder.path, 'lessons'), { recursive: true })
  await cp(EMAILS, join(folder.path, 'emails'), { recursive: true })
  await cp(LOCALES, join(folder.path, 'locales'), { recursive: true })
  server = await startMailServer()
  preview = await startPreview({
    lessonsDir: join(folder.path, 'lessons'),
    emailsDir: join(folder.path, 'emails'),
    localesDir: join(folder.path, 'locales'),
    port: 0,
    smtp: relayAt(server.url),
    where: 'A test goes to this test.',
    from: { name: '', address: 'hello@course.example' },
    postalAddress: '1 Sample Street',
    publicUrl: siteAt('https://course.example'),
    now: () => Date.parse('2026-11-23T06:00:00Z'),
  })
  browser = await openChromium()
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  problems = complaints(page)
})

afterAll(async () => {
  await browser?.close()
  await preview?.close()
  await server?.close()
  await folder?.remove()
})

const mail = () => page.frameLocator('iframe')
const background = async () => {
  await mail().locator('.card').first().waitFor()
  return page.evaluate(
    "getComputedStyle(document.querySelector('iframe').contentDocument.querySelector('.card')).backgroundColor",
  )
}

test('every email of the course can be chosen and is shown', async () => {
  await page.goto(`${preview.url}/?course=steady-week`)
  const names = await page.locator('aside ul a').allTextContents()
  for (const name of [
    'Confirmation',
    'Day 1: ',
    'Day 7: ',
    'Closing: ',
    'Week 1: ',
    'Link to read back',
    'with a plan',
  ])
    expect(names.some((one) => one.includes(name))).toBe(true)
  for (const link of await page
    .locator('aside ul a')
    .evaluateAll((all) => all.map((one) => (one as { href?: string }).href ?? ''))) {
    const answer = await fetch(link.replace(`${preview.url}/?`, `${preview.url}/mail?`))
    expect({ link, status: answer.status }).toEqual({ link, status: 200 })
    expect(await answer.text()).toContain('1 Sample Street')
  }
  await page.goto(`${preview.url}/?course=three-days`)
  expect(await mail().locator('h1').textContent()).toBe('Look at this morning')
})

test('the controls change track, overlays, form, width, appearance and part', async () => {
  await page.goto(`${preview.url}/?course=steady-week`)
  await page.selectOption('[name=track]', 'mend')
  await page.waitForURL(/track=mend/)
  await expect(mail().locator('body').textContent()).resolves.toContain('You know what you did, and so do they')
  await page.check('[name=width][value="320"]')
  await page.waitForURL(/width=320/)
  expect(await page.locator('iframe').boundingBox()).toMatchObject({ width: 320 })
  expect(await background()).toBe('rgb(255, 253, 248)')
  await page.check('[name=dark]')
  await page.waitForURL(/dark=1/)
  expect(await background()).toBe('rgb(27, 35, 35)')
  await page.check('[name=no-images]')
  await page.waitForURL(/no-images=1/)
  await page.check('[name=overlay][value=gentle]')
  await page.waitForURL(/overlay=gentle/)
  await page.check('[name=discreet]')
  await page.waitForURL(/discreet=1/)
  await expect(mail().locator('h1').textContent()).resolves.toBe('Notes')
  await page.check('[name=part][value=text]')
  await page.waitForURL(/part=text/)
  expect(await page.locator('pre').textContent()).toContain('Open your page:\nhttps://course.example/l/')
  await page.check('[name=part][value=headers]')
  await page.waitForURL(/part=headers/)
  expect(await page.locator('pre').textContent()).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
})

test('a changed lesson reloads the page; a problem is shown with file, line and fix until it is fixed', async () => {
  await page.goto(`${preview.url}/?course=three-days`)
  const file = join(folder.path, 'lessons/three-days/day-1.md')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('Look at this morning', 'Look at this evening'))
  await mail().locator('h1', { hasText: 'Look at this evening' }).waitFor()
  const line = text.split('\n').findIndex((one) => one.startsWith('subject:')) + 1
  await writeFile(file, text.replace(/^subject:/m, 'subjekt:'))
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(new RegExp(`lessons/three-days/day-1\\.md:${line}.*subjekt`, 's'))
  await writeFile(file, text)
  await mail().locator('h1', { hasText: 'Look at this morning' }).waitFor()
  await writeFile(file, `${text}\n${'Far too much. '.repeat(7_000)}\n`)
  await alert.filter({ hasText: 'the limit is 80 KB' }).waitFor()
  await writeFile(file, text)
  await mail().locator('h1', { hasText: 'Look at this morning' }).waitFor()
  const words = join(folder.path, 'locales/en.json')
  await writeFile(words, (await readFile(words, 'utf8')).replace('Open today’s page', 'Come in'))
  await mail().getByText('Come in').first().waitFor()
})

test('a test email goes to the typed address, and a failure is shown', async () => {
  await page.goto(`${preview.url}/?course=three-days&mail=closing`)
  await page.fill('[name=to]', 'ada@example.test')
  await page.click('text=Send >> nth=-1')
  expect(await page.getByRole('status').textContent()).toBe('Sent to ada@example.test.')
  const [message] = await server.waitForMail('ada@example.test')
  expect(message?.mail.html).toContain('1 Sample Street')
  expect(message?.mail.headers.some(({ key }) => key === 'list-unsubscribe-post')).toBe(true)
  const bad = await fetch(`${preview.url}/send`, { method: 'POST', body: new URLSearchParams({ to: 'a@b, c@d' }) })
  expect({ status: bad.status, told: await bad.text() }).toEqual({
    status: 400,
    told: expect.stringContaining('not a single valid address'),
  })
})

test('the other courses can be chosen while one has problems', async () => {
  const file = join(folder.path, 'lessons/three-days/day-2.md')
  const text = await readFile(file, 'utf8')
  await page.goto(`${preview.url}/?course=steady-week`)
  await writeFile(file, text.replace(/^subject:/m, 'subjekt:'))
  await page.locator('#course option', { hasText: 'three-days (to be corrected)' }).waitFor({ state: 'attached' })
  expect(await page.getByRole('alert').count()).toBe(0)
  await mail().locator('h1').waitFor()
  await page.selectOption('#course select', 'three-days')
  await page.getByRole('alert').waitFor()
  // The choice is heard by a script of the page.
  await page.waitForLoadState()
  await page.selectOption('#course select', 'steady-week')
  await mail().locator('h1').waitFor()
  await writeFile(file, text)

  const context = await browser.newContext({ javaScriptEnabled: false })
  const plain = await context.newPage()
  await plain.goto(`${preview.url}/?course=steady-week`)
  await plain.selectOption('#course select', 'three-days')
  await plain.getByRole('button', { name: 'Show this course' }).click()
  await plain.waitForURL(/course=three-days/)
  expect(await plain.locator('h1').first().textContent()).toContain('Kinder Mornings')
  await context.close()
})

test('another site can neither read the preview nor send through it', async () => {
  const body = new URLSearchParams({ to: 'eve@example.test' })
  const foreign = await fetch(`${preview.url}/send`, {
    method: 'POST',
    body,
    headers: { Origin: 'https://evil.example' },
  })
  expect(foreign.status).toBe(403)
  expect(server.accepted.filter(({ to }) => to === 'eve@example.test')).toEqual([])
  expect(problems).toEqual([])
})
