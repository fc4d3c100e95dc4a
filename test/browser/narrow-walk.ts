import { expect } from '@jest/globals'
import type { BrowserContext, Page } from 'playwright-core'
import { isFullMatrix } from '../trial-sizes.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { createAudit, tooWide } from './audit.ts'

const NARROW = { viewport: { width: 320, height: 800 } }

/** Walks through pages in a browser of its own, 320 px wide. */
export interface NarrowWalk {
  /**
   * Begins a walk in which the gate lets axe look at every other page: at the even ones with scripts, and at the others
   * without.
   */
  everyOther(javaScriptEnabled: boolean): void
  /** Begins a walk in which axe looks at every page. */
  everyPage(): void
  /** A person's own page, and what it complains about. */
  open(options?: object): Promise<{ page: Page; faults: string[] }>
  /** The heading, after checking that nothing is wrong with the page. */
  look(page: Page): Promise<string>
  close(): Promise<void>
}

export async function createNarrowWalk(): Promise<NarrowWalk> {
  const browser = await openChromium()
  const audit = await createAudit(browser)
  const contexts: BrowserContext[] = []
  let looks: number | null = null
  return {
    everyOther(javaScriptEnabled) {
      looks = Number(!javaScriptEnabled)
    },
    everyPage() {
      looks = null
    },
    async open(options = {}) {
      const context = await visit(browser, { ...NARROW, ...options })
      contexts.push(context)
      const page = await context.newPage()
      return { page, faults: complaints(page) }
    },
    async look(page) {
      if (looks !== null) looks += 1
      if (looks === null || isFullMatrix || looks % 2 === 0) expect(await audit.page(page)).toEqual([])
      expect(await tooWide(page)).toEqual([])
      return (await page.locator('h1').first().textContent()) ?? ''
    },
    async close() {
      for (const context of contexts) await context.close()
      await audit.close()
      await browser.close()
    },
  }
}
