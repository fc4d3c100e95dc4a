import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import type { Field } from '../../src/core/course/fields/field-types.ts'
import { fieldView } from '../../src/web/exercise/fields/field-view.ts'
import { ENGLISH } from '../core/language/sample-words.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { openChromium, visit } from '../web/chromium.ts'

let app: TestApp
let browser: Browser

beforeAll(async () => {
  app = await createTestApp()
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

type Sentence = Extract<Field, { type: 'sentence' }>

const OWN: readonly string[] = [
  'When I notice {{trigger}}, I will ground myself by {{ground}}. Then I choose to {{choose}}.',
  '{{who}}.',
  'I said “{{said}}”.',
  'It ({{what}}), or {{else}}?!',
  '{{one}} {{two}}. {{three}}...',
  'A very long beginning that takes the line to its end, until {{when}}.',
  'Ich ({{a}})({{b}}); {{c}}…',
]

function sentenceField(text: string): Sentence {
  const parts = text.split(/(\{\{[a-z-]+\}\})/).flatMap((part): Sentence['parts'][number][] => {
    const blank = /^\{\{([a-z-]+)\}\}$/.exec(part)?.[1]
    return part === '' ? [] : [blank === undefined ? { text: part } : { blank }]
  })
  return { id: 'plan', type: 'sentence', label: 'Plan', hint: '', small: false, audiences: [], parts, max: 80 } as never
}

/** What each line of the sentence shows: letters and signs as they are, a blank as "_". */
const LINES = `(() => {
  const lines = []
  const put = (rect, text) => {
    const middle = rect.top + rect.height / 2
    let line = lines.find((one) => Math.abs(one.middle - middle) < 14)
    if (!line) lines.push(line = { middle, text: '' })
    line.text += text
  }
  const walk = (node) => {
    if (node.nodeName === 'INPUT') return put(node.getBoundingClientRect(), '_')
    if (node.nodeType !== 3) return node.childNodes.forEach(walk)
    for (let at = 0; at < node.data.length; at += 1) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + 1)
      const rect = range.getBoundingClientRect()
      if (node.data[at].trim() !== '' && rect.width > 0) put(rect, node.data[at])
    }
  }
  walk(document.querySelector('.sentence'))
  return lines.map(({ text }) => text)
})()`

test('at any width, a full stop or another sign never stands on a line alone, and nothing sticks out', async () => {
  const source = (
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((day) => readFile(`lessons/steady-week/day-${day}.md`, 'utf8')))
  ).join('\n')
  const course = [...source.matchAll(/^ *parts: "(.*)"$/gm)].map(([, text = '']) => text)
  expect(course.length).toBeGreaterThan(5)
  const context = await visit(browser, { viewport: { width: 320, height: 900 } })
  const page = await context.newPage()
  await page.goto(app.url)
  for (const text of [...OWN, ...course])
    for (const long of [false, true]) {
      const field = sentenceField(text)
      const filled = Object.fromEntries(
        field.parts.flatMap((part) => ('blank' in part ? [[part.blank, long ? 'a good many words of mine' : '']] : [])),
      )
      const view = fieldView(field, {
        words: ENGLISH,
        state: { value: filled, version: 1, savedAt: 0, elsewhere: false, kept: [] },
        earlier: {},
        missing: false,
        error: undefined,
        typed: undefined,
        toHtml: String,
        mark: () => '',
      }).text
      await page.evaluate(
        `document.getElementById('main').innerHTML = ${JSON.stringify(`<section class="card exercise"><form id="answers"><div class="fields">${view}</div></form></section>`)}`,
      )
      const whole = await page.evaluate("document.querySelector('.sentence').textContent")
      expect(whole).toBe(text.replace(/\{\{[a-z-]+\}\}/g, ''))
      for (const width of [320, 345, 375, 390, 430, 600]) {
        await page.setViewportSize({ width, height: 900 })
        const lines = (await page.evaluate(LINES)) as string[]
        for (const line of lines)
          expect({ text, width, long, line, lines }).toEqual({
            text,
            width,
            long,
            line: expect.stringMatching(/[\p{L}\p{N}_]/u),
            lines,
          })
        const room = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect({ text, width, room }).toEqual({ text, width, room: 0 })
      }
    }
  await context.close()
})
