import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { violationsOf } from '../../web/axe.ts'
import { openChromium } from '../../web/chromium.ts'
import { type EveryMessage, everyMessage } from './every-message.ts'

let browser: Browser
let every: EveryMessage

beforeAll(async () => {
  browser = await openChromium()
  every = await everyMessage([])
})

afterAll(() => browser?.close())

/** One mail of each kind, open and discreet: within a kind only the words differ. */
function kinds() {
  const seen = new Set<string>()
  return every.mails.filter(({ form, email }) => {
    const key = `${form} ${email.kind}`
    if ((form !== 'common' && form !== 'discreet') || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Every mail of one form with all that can be in it. */
const wholeCourse = () => every.mails.filter(({ form }) => form === 'mend+lighter+gentle')

async function each(
  mails: EveryMessage['mails'],
  options: { width: number; dark: boolean },
  look: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: 600 },
    colorScheme: options.dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  const asked: string[] = []
  await page.route(/^(?!data:|about:)/, (route) => {
    asked.push(route.request().url())
    return route.abort()
  })
  for (const { form, id, email } of mails) {
    await page.setContent(every.composer.show(email))
    await look(page, `${form}/${id}`)
  }
  // Nothing to load, so a program that loads nothing shows the same.
  expect(asked).toEqual([])
  await context.close()
}

test.each([false, true])(
  'every kind of mail is accessible, dark: %s',
  async (dark) => {
    await each(kinds(), { width: 320, dark }, async (page, name) => {
      // Only the colours differ in the dark.
      const violations = await violationsOf(page, dark ? { runOnly: { type: 'rule', values: ['color-contrast'] } } : {})
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)
      expect({ name, found }).toEqual({ name, found: [] })
    })
  },
  240_000,
)

test.each([320, 600])(
  'every mail fits at %s px',
  async (width) => {
    await each([...kinds(), ...wholeCourse()], { width, dark: false }, async (page, name) => {
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect({ name, tooWide }).toEqual({ name, tooWide: 0 })
    })
  },
  120_000,
)

test('every mail says its language, has plain tables, one heading first, then the text, the button and the way out', async () => {
  await each([...kinds(), ...wholeCourse()], { width: 600, dark: false }, async (page, name) => {
    const seen = await page.evaluate(`({
      language: document.documentElement.lang,
      direction: document.documentElement.dir,
      title: document.title,
      tables: [...document.querySelectorAll('table')].filter((table) => table.getAttribute('role') !== 'presentation').length,
      images: document.images.length,
      headings: [...document.querySelectorAll('h1, h2, h3')].map((heading) => heading.tagName).join(' '),
      order: [...document.querySelectorAll('h1, a')].map((one) => one.tagName === 'H1' ? 'heading' : new URL(one.href).pathname.split('/')[1]),
      names: [...document.querySelectorAll('a')].filter((link) => link.textContent.trim().length < 4).length,
    })`)
    expect({ name, seen }).toEqual({
      name,
      seen: {
        language: 'en',
        direction: 'ltr',
        title: expect.stringMatching(/\S/),
        tables: 0,
        images: 0,
        headings: expect.stringMatching(/^H1( H2( H3)*)*$/),
        order: expect.anything(),
        names: 0,
      },
    })
    const { order } = seen as { order: string[] }
    expect(order[0]).toBe('heading')
    const own = ['confirm', 'back', 'address'].some((place) => order.includes(place)) ? [] : ['l', 'l']
    expect(order.slice(-2 - own.length)).toEqual(['v', ...own, 'stop'])
    expect(
      order.findIndex((place) => ['l', 'confirm', 'read', 'delete', 'back', 'address'].includes(place)),
    ).toBeGreaterThan(0)
  })
}, 120_000)
