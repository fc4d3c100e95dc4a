import type { Browser, Page } from 'playwright-core'
import { violationsOf } from '../web/axe.ts'

export interface Audit {
  /** What axe finds, in words; empty: nothing. */
  page(page: Page): Promise<string[]>
  /** The same for the HTML part of a mail, in both colour schemes, and what sticks out at either width or is loaded. */
  mail(html: string): Promise<string[]>
  close(): Promise<void>
}

const MAIL_WIDTHS = [320, 600] as const

export async function createAudit(browser: Browser): Promise<Audit> {
  const mails = new Map<string, Page>()
  const asked: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ colorScheme })
    page.on('request', (request) => asked.push(`the mail asks for ${request.url()}`))
    mails.set(colorScheme, page)
  }

  return {
    async page(page) {
      return (await findingsOf(page)).map((fault) => `${page.url()}: ${fault}`)
    },

    async mail(html) {
      const faults: string[] = []
      for (const [colorScheme, page] of mails) {
        await page.setViewportSize({ width: MAIL_WIDTHS[0], height: 800 })
        await page.setContent(html)
        // Only the colours differ in the dark.
        const found = await findingsOf(page, colorScheme === 'dark' ? ['color-contrast'] : null)
        for (const width of MAIL_WIDTHS) {
          await page.setViewportSize({ width, height: 800 })
          found.push(...(await tooWide(page)))
        }
        faults.push(...found.map((fault) => `${colorScheme}: ${fault}`))
      }
      return [...faults, ...asked.splice(0)]
    },

    async close() {
      for (const page of mails.values()) await page.close()
    },
  }
}

async function findingsOf(page: Page, rules: string[] | null = null): Promise<string[]> {
  const found = await violationsOf(page, rules === null ? {} : { runOnly: { type: 'rule', values: rules } })
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map((node) => node.html)
        .join(' ')
        .slice(0, 400)}`,
  )
}

/** Says so when a page would have to be moved sideways. */
export async function tooWide(page: Page): Promise<string[]> {
  const width = page.viewportSize()?.width ?? 0
  const needed = Number(await page.evaluate('document.documentElement.scrollWidth'))
  return needed > width ? [`needs ${needed} px of the ${width} there are`] : []
}
