import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Result, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe finds wrong with the page as it stands. It runs in the page and only what is wrong comes out of it: all else that
 * axe can tell, and a second page to put it together, takes five times as long. That way it sees one document, so a page with
 * frames is refused.
 */
export async function violationsOf(page: Page, options: RunOptions = {}): Promise<Result[]> {
  if (page.frames().length > 1) throw new Error(`axe would not look into the frames of ${page.url()}.`)
  if (await page.evaluate<boolean>('globalThis.axe === undefined')) await page.evaluate(SOURCE)
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'] } satisfies RunOptions)
  return page.evaluate<Result[]>(`axe.run(document, ${asked}).then(({ violations }) => violations)`)
}
