import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Result, RunOptions } from 'axe-core'
import type { Browser, Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const RULES = '[...document.styleSheets].reduce((sum, { cssRules }) => sum + cssRules.length, 0)'

/**
 * The page as it stands, as markup without its scripts: what was typed, ticked and chosen since it was loaded is written
 * into it. Runs in the page, also in one that runs no scripts of its own.
 */
const STAND = `(() => {
  const copy = document.documentElement.cloneNode(true)
  for (const script of copy.querySelectorAll('script')) script.remove()
  const [fields, copies] = [document.documentElement, copy].map((root) => root.querySelectorAll('input, option, textarea'))
  for (const [index, field] of fields.entries()) {
    const copied = copies[index]
    if (field.localName === 'option') copied.toggleAttribute('selected', field.selected)
    else if (field.localName === 'textarea') copied.textContent = field.value
    else {
      copied.toggleAttribute('checked', field.checked)
      copied.setAttribute('value', field.value)
    }
  }
  return {
    markup: '<!doctype html>' + copy.outerHTML,
    address: location.href,
    rules: ${RULES},
    colorScheme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'reduce' : 'no-preference',
  }
})()`

interface Stand {
  readonly markup: string
  readonly address: string
  /** How many rules its style sheets have. */
  readonly rules: number
  readonly colorScheme: 'dark' | 'light'
  readonly reducedMotion: 'reduce' | 'no-preference'
}

/** Each browser's page for axe, once what was asked before is done; null after a failure: the next page gets a new one. */
const twins = new WeakMap<Browser, Promise<Page | null>>()

/**
 * What axe finds wrong with the page as it stands. Axe looks at a twin, into which one page after the other is written:
 * there it is loaded and compiled once, which takes longer than looking does, and it can also run for a page that runs no
 * scripts. It sees one document, so a page with frames is refused.
 */
export async function violationsOf(page: Page, options: RunOptions = {}): Promise<Result[]> {
  if (page.frames().length > 1) throw new Error(`axe would not look into the frames of ${page.url()}.`)
  // An email, which is written into a page without an address, loads nothing and keeps axe.
  if (page.url() === 'about:blank') return runAxe(page, options)
  const browser = page.context().browser()
  if (browser === null) throw new Error('The page belongs to no browser.')
  const stand = await page.evaluate<Stand>(STAND)
  const viewport = page.viewportSize()
  let found: Result[] = []
  const done = (twins.get(browser) ?? Promise.resolve(null)).then(async (kept) => {
    const twin = kept ?? (await openTwin(browser))
    if (viewport !== null) await twin.setViewportSize(viewport)
    await twin.emulateMedia({ colorScheme: stand.colorScheme, reducedMotion: stand.reducedMotion })
    await write(twin, stand)
    found = await runAxe(twin, options)
    return twin
  })
  twins.set(
    browser,
    done.catch(() => null),
  )
  await done
  return found
}

async function openTwin(browser: Browser): Promise<Page> {
  // What the site's security policy would refuse of the markup, a script of the site has done before.
  return browser.newPage({ bypassCSP: true })
}

/** Shows it at its own address, so that all it links to is found, and asks the site for nothing else. */
async function write(twin: Page, { address, markup, rules }: Stand): Promise<void> {
  if (new URL(twin.url()).origin !== new URL(address).origin) {
    await twin.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '' }))
    await twin.goto(address)
    await twin.unroute(address)
  }
  await twin.evaluate(`history.replaceState(null, '', ${JSON.stringify(address)})`)
  await twin.setContent(markup)
  const loaded = await twin.evaluate<number>(RULES)
  // The page itself may still wait for them after a click.
  if (loaded < rules) throw new Error(`${address} has ${rules} rules of style, and its twin for axe ${loaded}.`)
}

/** Only what is wrong comes out of the page: all else that axe can tell takes five times as long. */
async function runAxe(page: Page, options: RunOptions): Promise<Result[]> {
  if (await page.evaluate<boolean>('globalThis.axe === undefined')) await page.evaluate(SOURCE)
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'] } satisfies RunOptions)
  return page.evaluate<Result[]>(`axe.run(document, ${asked}).then(({ violations }) => violations)`)
}
