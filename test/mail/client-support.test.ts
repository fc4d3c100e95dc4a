import { expect, test } from '@jest/globals'
import { caniemail } from 'caniemail'
import { matrix } from '../trial-sizes.ts'
import { everyMessage } from './message/every-message.ts'

/** The programs most mail is read in; data of caniemail.com, as bundled with the package. */
const CLIENTS = [
  'gmail.*',
  'outlook.*',
  'yahoo.*',
  'aol.*',
  'apple-mail.*',
  'samsung-email.*',
  'protonmail.*',
  'fastmail.*',
] as const

/** A track has all that the common form has. */
const LOOKED_AT = matrix({ gate: ['mend', 'discreet'], full: ['common', 'mend', 'discreet'] })

const ONLY_DARK = 'Without it the mail stays light: the same words, the same contrast.'
const INLINE_TOO = 'What matters of the style sheet is also written inline, so a mail without it is whole.'
const PREHEADER = 'Only hides the preheader, in several ways of which each program knows one.'
const COMFORT = 'A comfort: the words stay readable without it.'

/** What some of these programs do not know, and why the mail uses it all the same. Anything else is to be avoided. */
const KNOWN: Readonly<Record<string, string>> = {
  'color-scheme CSS property': ONLY_DARK,
  'color-scheme meta tag': ONLY_DARK,
  '<style> element': INLINE_TOO,
  '@media': INLINE_TOO,
  ':last-child': INLINE_TOO,
  'Attribute selector': 'Colours for the dark mode of Outlook apps, which know it.',
  'Chaining selectors': INLINE_TOO,
  'Class selector': INLINE_TOO,
  'Descendant combinator': INLINE_TOO,
  'ID selector': 'A rule that MJML writes for Outlook.com alone.',
  'Type selector': INLINE_TOO,
  'display:none': PREHEADER,
  'max-height property': PREHEADER,
  opacity: PREHEADER,
  overflow: PREHEADER,
  '<body> element': 'Replaced by a div; language, direction and background stand on inner elements too.',
  'aria-hidden attribute': 'Without it a screen reader names the seven dots before "Day 1 of 7".',
  'aria-label attribute': 'Repeats the title for those programs that take the head away.',
  'role attribute': 'Tables are plain either way; those that know it pass over them.',
  'border-radius': COMFORT,
  'height property': 'A spacer above the card.',
  'overflow-wrap': COMFORT,
  'word-break': COMFORT,
  'word-spacing': 'MJML sets it to normal around the card.',
  'text-decoration': 'Without it links keep their colour.',
  'target attribute': 'Links open beside the mail everywhere.',
  outline: 'MJML takes a line around an image of which there is none.',
  cursor: 'A comfort of a pointer.',
}

test('the mails use nothing that common mail programs do not know, but for what is known and why', async () => {
  const { mails, composer } = await everyMessage([])
  const seen = new Map<string, Set<string>>()
  for (const { form, email } of mails) {
    // The forms differ in words alone, but for the lists and headings that every lesson may have.
    if (!LOOKED_AT.includes(form)) continue
    const { issues } = caniemail({ clients: [...CLIENTS], html: composer.show(email) })
    for (const [client, found] of issues.errors) {
      for (const { title } of found) seen.set(title, (seen.get(title) ?? new Set()).add(client))
    }
  }
  const unknown = [...seen].filter(([title]) => !Object.hasOwn(KNOWN, title))
  expect(unknown.map(([title, clients]) => `${title}: ${[...clients].join(', ')}`)).toEqual([])
  // What is no longer used must leave the list, so that the list stays true.
  expect(Object.keys(KNOWN).filter((title) => !seen.has(title))).toEqual([])
})
