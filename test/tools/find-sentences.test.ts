import { expect, test } from '@jest/globals'
import { literalSentences, usedKeys } from '../../tools/find-sentences.mjs'

/** `@{` in a text stands for the beginning of an expression in a template. */
const told = (file: string, text: string) =>
  literalSentences(file, text.replaceAll('@{', '$' + '{')).map((found) => `${found.line} ${found.text}`)
const VIEW = 'src/web/exercise/any-view.ts'

test.each([
  ['text between tags', 'const a = 1\nhtml`<p>@{a}</p>\n<p>Two words</p>`', '3 Two words'],
  ['one word on a button', 'html`<button>Save</button>`', '1 Save'],
  ['a label that is only heard', 'html`<nav aria-label="Your days"></nav>`', '1 Your days'],
  ['a label in an attribute without its tag', 'html` aria-label="Your days"`', '1 Your days'],
  ['a sentence in a string', "// é\nconst a = 'We could not read that.'", '2 We could not read that.'],
  ['a sentence with a value', 'const a = `The next lesson comes @{when}.`', '1 The next lesson comes ….'],
])('in a view, %s is found with its line', (_, text, found) => {
  expect(told(VIEW, text)).toEqual([found])
})

test.each([
  ['a message', "html`<p>@{words.say('exercise.day-gone')}</p>`"],
  ['markup and entities', 'html`<p class="Big Card" data-x="A b">@{a} &nbsp; &middot;</p>`'],
  ['an attribute without its tag', 'html` class="field field-@{a}" id="f-@{a}"@{b}`'],
  ['an attribute for a script', 'html` data-full`'],
  ['a word to the log', "site.ports.log.error({ err }, 'A request failed.')"],
  ['a mistake of a programmer', "throw new RangeError('There is no key for this.')"],
  ['what operators read', "throw new AppError('misconfigured', 'The port is in use. Stop what uses it.')"],
  ['a header', "response.set('Content-Type', 'text/plain')"],
  ['a comment', '// This is a sentence.\nconst a = 1'],
])('in a view, %s is not one', (_, text) => {
  expect(told(VIEW, text)).toEqual([])
})

test('elsewhere only errors for readers hold sentences', () => {
  const text = "const what = 'This file is missing.'\nthrow new AppError('gone', 'This day is gone.')"
  expect(told('src/flow/exercise/any.ts', text)).toEqual(['2 This day is gone.'])
})

test('scripts of pages and layouts of emails are read too', () => {
  expect(told('src/web/public/any.js', "note.textContent = 'Saved a moment ago'")).toEqual(['1 Saved a moment ago'])
  const layout = '<mj-text>{{why}}</mj-text>\n<mj-text>Stop the {{course}}</mj-text>'
  expect(told('emails/any.mjml', layout)).toEqual(['2 Stop the'])
})

test('a key is used if a file names it, in full or as a template', () => {
  const isUsed = usedKeys(['src/mail/message/email-parts.ts'])
  expect(isUsed('emails.view')).toBe(true)
  expect(isUsed('emails.confirm.discreet.line')).toBe(true)
  expect(isUsed('emails.confirm.nowhere')).toBe(false)
})
