import { type Phrase, phrase } from '../words.ts'

/** In letters. */
export const MAX_NAME_LENGTH = 40
/** In UTF-16 units, checked first: enough for any name of that many letters with combining marks. */
const MAX_TYPED_LENGTH = 200
/** Stacked marks: Vietnamese has two, Hebrew and Thai three. */
const MAX_MARKS = 4
/** "Louis 14" is a name, but three digits in a row could be part of a telephone number. */
const MAX_ADJACENT_DIGITS = 2
const MAX_DIGITS = 6

export type CheckedName = { readonly name: string } | { readonly say: Phrase }

/** Scripts in which a joiner between letters changes the appearance of a name (RFC 5892, appendix A.1 and A.2). */
const JOINS =
  /[\p{scx=Arabic}\p{scx=Syriac}\p{scx=Mongolian}\p{scx=Nko}\p{scx=Devanagari}\p{scx=Bengali}\p{scx=Gurmukhi}\p{scx=Gujarati}\p{scx=Oriya}\p{scx=Tamil}\p{scx=Telugu}\p{scx=Kannada}\p{scx=Malayalam}\p{scx=Sinhala}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u
const LETTER = /\p{L}/u
const MARK = /\p{M}/u
const DIGIT = /\p{Nd}/u
/** Zero-width joiner and non-joiner. */
const JOINER = /[\u200c\u200d]/u
/** Invisible characters that come with copied text: direction marks, soft hyphen, byte order mark. */
const DROPPED = /[\u200e\u200f\u061c\u00ad\ufeff]/gu
/**
 * Apostrophes in all forms that keyboards produce (including acute and grave accents), and punctuation inside names in
 * other scripts: Hebrew geresh, gershayim and maqaf, Armenian apostrophe, Tibetan tsheg, Ethiopic wordspace, Mongolian
 * hyphen, middle dots.
 */
const BETWEEN = /[ '’‘ʻʼ´`′＇\-‐‑–·・‧.,&()\u05f3\u05f4\u05be\u055a\u0f0b\u1361\u1806]/u
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const SELECTOR = /\p{Variation_Selector}/u
const TAKES_SELECTOR = /[\p{sc=Han}\p{sc=Mongolian}]/u
/** Beginnings of web addresses, compared after compatibility normalisation. */
const LINK_WORDS = new Set(['www', 'http', 'https', 'ftp', 'mailto', 'href'])

/**
 * Validates a first name in any script and returns it normalised, or a phrase that says what to do. The name is shown
 * in an email to an unconfirmed address, so it must not carry a stranger's message: no links, telephone numbers,
 * markup, line breaks, direction overrides or invisible characters. Linear in the length, which is limited first.
 */
export function checkFirstName(typed: string): CheckedName {
  if (typed.length > MAX_TYPED_LENGTH) return tooLong()
  const name = typed
    .normalize('NFC')
    .replace(DROPPED, '')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/^[ \u200c\u200d]+|[ \u200c\u200d]+$/gu, '')
  const characters = [...name]
  if (
    characters.length > MAX_NAME_LENGTH &&
    characters.filter((character) => !MARK.test(character)).length > MAX_NAME_LENGTH
  )
    return tooLong()
  if (name === '') return { name }
  if (hasNumber(characters)) return { say: phrase('sign-up.name-number') }
  let marks = 0
  for (const [index, character] of characters.entries()) {
    marks = MARK.test(character) ? marks + 1 : 0
    if (!isOfName(characters, index) || marks > MAX_MARKS) return { say: phrase('sign-up.name-letters') }
  }
  if (hasLink(characters) || !characters.some((character) => LETTER.test(character)))
    return { say: phrase('sign-up.name-letters') }
  return { name }
}

function tooLong(): CheckedName {
  return { say: phrase('sign-up.name-too-long', { max: MAX_NAME_LENGTH }) }
}

function isOfName(characters: readonly string[], index: number): boolean {
  const character = characters[index] ?? ''
  const before = characters[index - 1] ?? ''
  if (JOINER.test(character)) {
    const after = characters[index + 1] ?? ''
    return JOINS.test(before) && !JOINER.test(before) && LETTER.test(after)
  }
  if (SELECTOR.test(character)) return TAKES_SELECTOR.test(before)
  if (INVISIBLE.test(character)) return false
  // A combining mark must follow a letter.
  if (MARK.test(character)) return LETTER.test(before) || MARK.test(before) || JOINER.test(before)
  return LETTER.test(character) || DIGIT.test(character) || BETWEEN.test(character)
}

function hasNumber(characters: readonly string[]): boolean {
  let [all, together] = [0, 0]
  for (const character of characters) {
    if (DIGIT.test(character)) {
      all += 1
      together += 1
    } else if (LETTER.test(character)) together = 0
    if (together > MAX_ADJACENT_DIGITS || all > MAX_DIGITS) return true
  }
  return false
}

/** "J.R." is a name and "win.example" a link: after a dot without a space, only a single letter is allowed. */
function hasLink(characters: readonly string[]): boolean {
  const name = characters.join('')
  if (/\.[\p{M}\p{Nd}]|\.\p{L}\p{M}*[\p{L}\p{Nd}]/u.test(name)) return true
  const words = name
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
  return words.some((word) => LINK_WORDS.has(word))
}
