import type { Locator, Page } from 'playwright-core'

/** Fills in the exercise by clicking and typing, field by field as it stands on the page. `only`: these fields alone. */
export async function fillByHand(page: Page, only: readonly string[] | null = null): Promise<void> {
  for (const box of await page.locator('[data-field]').all()) {
    // Asked once for all of it, just before its turn: an answer may show or hide the fields that follow.
    const { isShown, id, type } = await box.evaluate((element) => {
      const { dataset } = element as unknown as { dataset: Record<string, string> }
      return {
        isShown: element.checkVisibility({ visibilityProperty: true }),
        id: dataset.field ?? '',
        type: dataset.type ?? '',
      }
    })
    if (isShown && (only === null || only.includes(id))) await fillBox(box, id, type)
  }
}

async function fillBox(box: Locator, id: string, type: string): Promise<void> {
  switch (type) {
    case 'text':
      return box.locator('input[type=text], input:not([type])').first().fill(`Words for ${id}`)
    case 'long':
      return box.locator('textarea').fill(`Several words for ${id}, and a "quotation" & more.`)
    case 'scale':
      return box.locator('[data-track] label').nth(3).click()
    case 'checklist':
      for (const nth of [0, 1]) await box.locator('.tick').nth(nth).click()
      return
    case 'choice':
      return box.locator('.tick').first().click()
    case 'sorting':
      for (const item of await box.locator('.sort').all()) await item.locator('.bins label').first().click()
      return
    case 'sentence':
      for (const blank of await box.locator('.sentence input').all()) await blank.fill('this')
      return
    case 'date':
      return box.locator('input[type=date]').fill('2026-03-09')
    case 'time':
      return box.locator('input[type=time]').fill('18:30')
    case 'repeat':
      for (const again of await box.locator('.again').all()) await again.locator('[data-track] label').nth(5).click()
      return
    default:
      throw new Error(`This test does not know how a person fills in a field of the kind ${type}.`)
  }
}
