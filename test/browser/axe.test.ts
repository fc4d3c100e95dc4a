import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { violationsOf } from '../web/axe.ts'
import { openChromium } from '../web/chromium.ts'

const STYLES = `
.pale, :checked + .told { color: #888; background: #fff }
@media (prefers-color-scheme: dark) { .night { color: #333; background: #000 } }`

let browser: Browser
let site: Server
let shown = ''
let hasStyles = true
let pages = 0

/** A site whose policy allows its own style sheet alone. */
beforeAll(async () => {
  site = createServer((request, response) => {
    const isStyle = request.url?.includes('.css')
    response.setHeader('Content-Type', isStyle ? 'text/css' : 'text/html')
    response.setHeader('Content-Security-Policy', "default-src 'self'")
    response.statusCode = isStyle && !hasStyles ? 404 : 200
    response.end(isStyle ? STYLES : shown)
  }).listen(0)
  await once(site, 'listening')
  browser = await openChromium()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  site.close()
})

async function open(body: string, options: BrowserContextOptions = {}): Promise<Page> {
  pages += 1
  shown = `<!doctype html><html lang="en"><title>A page</title><link rel="stylesheet" href="look.css?${pages}"><main><h1>A page</h1>${body}</main></html>`
  const context = await browser.newContext({ viewport: { width: 375, height: 800 }, ...options })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/one/page`)
  return page
}

const idsOf = async (page: Page) => (await violationsOf(page)).map(({ id }) => id)

test('axe finds what is wrong with one page after the other, with the style sheet of each', async () => {
  expect(await idsOf(await open('<p>All is well</p>'))).toEqual([])
  expect(await idsOf(await open('<p class="pale">Hardly to be read</p>'))).toEqual(['color-contrast'])
  expect(await idsOf(await open('<input><img src="/x.png">'))).toEqual(expect.arrayContaining(['image-alt', 'label']))
  expect(await idsOf(await open('<p>All is well</p>'))).toEqual([])
})

test.each([true, false])('as it stands after a click, with scripts of its own: %s', async (javaScriptEnabled) => {
  const page = await open('<label><input type="checkbox"><span class="told">Tick this</span></label>', {
    javaScriptEnabled,
  })
  expect(await idsOf(page)).toEqual([])
  await page.locator('input').check()
  expect(await idsOf(page)).toEqual(['color-contrast'])
})

test('in the colours that it is shown in', async () => {
  const night = '<p class="night">Only by day</p>'
  expect(await idsOf(await open(night))).toEqual([])
  expect(await idsOf(await open(night, { colorScheme: 'dark' }))).toEqual(['color-contrast'])
})

test('a page whose style sheet is gone is not taken for one that has none', async () => {
  const page = await open('<p>All is well</p>')
  hasStyles = false
  await expect(violationsOf(page)).rejects.toThrow('2 rules of style, and its twin for axe 0')
})
