/** Letters at most. */
export const MAX_NAME_LENGTH = 40
/** UTF-16 units that are looked at: enough for any name of so many letters with its marks. */
const MAX_TYPED_LENGTH = 200
/** Stacked marks: Vietnamese has two, Hebrew and Thai three. */
const MAX_MARKS = 4
/** "Louis 14" is a name; three digits with no letter between them can be a number to call. */
const MAX_ADJACENT_DIGITS = 2
const MAX_DIGITS = 6

export type CheckedName = { readonly name: string } | { readonly say: string }

const ASK = 'Leave it empty, or write a short first name'

/** Scripts whose letters join, so that a joiner between two of them changes how a name looks (RFC 5892, appendix A.1 and A.2). */
const JOINS =
  /[\p{scx=Arabic}\p{scx=Syriac}\p{scx=Mongolian}\p{scx=Nko}\p{scx=Devanagari}\p{scx=Bengali}\p{scx=Gurmukhi}\p{scx=Gujarati}\p{scx=Oriya}\p{scx=Tamil}\p{scx=Telugu}\p{scx=Kannada}\p{scx=Malayalam}\p{scx=Sinhala}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u
const LETTER = /\p{L}/u
const MARK = /\p{M}/u
const DIGIT = /\p{Nd}/u
/** Zero-width joiner and non-joiner. */
const JOINER = /[\u200c\u200d]/u
/** Invisible characters that come with text copied from a page: marks of direction, soft hyphen, byte order mark. */
const DROPPED = /[\u200e\u200f\u061c\u00ad\ufeff]/gu
/**
 * Apostrophes as keyboards have them (acute and grave accent among them), and what stands within names of one script:
 * Hebrew geresh, gershayim and maqaf, Armenian apostrophe, Tibetan tsheg, Ethiopic wordspace, Mongolian hyphen, middle dots.
 */
const BETWEEN = /[ '’‘ʻʼ´`′＇\-‐‑–·・‧.,&()\u05f3\u05f4\u05be\u055a\u0f0b\u1361\u1806]/u
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const SELECTOR = /\p{Variation_Selector}/u
const TAKES_SELECTOR = /[\p{sc=Han}\p{sc=Mongolian}]/u
/** What begins an address on the web, whatever kind of letters it is written in. */
const LINK_WORDS = new Set(['www', 'http', 'https', 'ftp', 'mailto', 'href'])

/**
 * A first name as a person writes it, in any script, or the sentence that says what to do. The name is printed in an email
 * to an address that nobody has confirmed yet, so it must not carry a stranger's message: no link, no number to call, no
 * markup, no line break, nothing that turns the direction of the text or cannot be seen. Linear in what is looked at, which
 * is bounded first.
 */
export function checkFirstName(typed: string): CheckedName {
  if (typed.length > MAX_TYPED_LENGTH) return tooLong()
  const name = typed
    .normalize('NFC')
    .replace(DROPPED, '')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/^[ \u200c\u200d]+|[ \u200c\u200d]+$/gu, '')
  const signs = [...name]
  if (signs.length > MAX_NAME_LENGTH && signs.filter((sign) => !MARK.test(sign)).length > MAX_NAME_LENGTH)
    return tooLong()
  if (name === '') return { name }
  if (hasNumber(signs)) return { say: `${ASK}, without a number.` }
  let marks = 0
  for (const [index, sign] of signs.entries()) {
    marks = MARK.test(sign) ? marks + 1 : 0
    if (!isOfName(signs, index) || marks > MAX_MARKS) return { say: `${ASK}: letters only, no symbols or links.` }
  }
  if (hasLink(signs) || !signs.some((sign) => LETTER.test(sign)))
    return { say: `${ASK}: letters only, no symbols or links.` }
  return { name }
}

function tooLong(): CheckedName {
  return { say: `${ASK}: ${MAX_NAME_LENGTH} letters at most.` }
}

function isOfName(signs: readonly string[], index: number): boolean {
  const sign = signs[index] ?? ''
  const before = signs[index - 1] ?? ''
  if (JOINER.test(sign)) {
    const after = signs[index + 1] ?? ''
    return JOINS.test(before) && !JOINER.test(before) && LETTER.test(after)
  }
  if (SELECTOR.test(sign)) return TAKES_SELECTOR.test(before)
  if (INVISIBLE.test(sign)) return false
  // A mark belongs to a letter before it.
  if (MARK.test(sign)) return LETTER.test(before) || MARK.test(before) || JOINER.test(before)
  return LETTER.test(sign) || DIGIT.test(sign) || BETWEEN.test(sign)
}

function hasNumber(signs: readonly string[]): boolean {
  let [all, together] = [0, 0]
  for (const sign of signs) {
    if (DIGIT.test(sign)) {
      all += 1
      together += 1
    } else if (LETTER.test(sign)) together = 0
    if (together > MAX_ADJACENT_DIGITS || all > MAX_DIGITS) return true
  }
  return false
}

/** "J.R." is a name and "win.example" a link: after a dot that touches what follows there is one letter, and no more. */
function hasLink(signs: readonly string[]): boolean {
  const name = signs.join('')
  if (/\.[\p{M}\p{Nd}]|\.\p{L}\p{M}*[\p{L}\p{Nd}]/u.test(name)) return true
  const words = name
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
  return words.some((word) => LINK_WORDS.has(word))
}
