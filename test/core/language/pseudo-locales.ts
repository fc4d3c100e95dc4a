import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { printAST } from '@formatjs/icu-messageformat-parser/printer.js'
import { readLocales } from '../../../src/content/load-locales.ts'
import type { Catalogue } from '../../../src/core/language/catalogue.ts'
import { createWords } from '../../../src/core/language/create-words.ts'
import type { Locales } from '../../../src/core/locales.ts'

/** What words are made longer by: half as long again as English, which no usual translation exceeds. */
const FILLS = { ltr: 'ẇẁẃ', rtl: 'ؤئء' }

/** Marks every word, so that English that is not from locales/ stands out, and makes it longer. */
function lengthened(text: string, fill = FILLS.ltr): string {
  return text.replaceAll(/\p{L}{3,}/gu, (word) => `${word}${fill.slice(0, Math.ceil(word.length / 3))}`)
}

/** Arabic letters in place of Latin ones; it says nothing, and runs from right to left. */
function mirrored(text: string): string {
  const letters = 'ابتثجحخدذرزسشصضطظعغفقكلمنه'
  return text.replaceAll(/[a-z]/gi, (letter) => letters[letter.toLowerCase().charCodeAt(0) - 97] ?? letter)
}

/** Names of tags are for programs, in every language. */
function betweenTags(text: string, change: (text: string) => string): string {
  return text
    .split(/(<\/?[a-z-]+>)/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('')
}

function rewrite(elements: MessageFormatElement[], change: (text: string) => string): MessageFormatElement[] {
  return elements.map((element) => {
    if (element.type === TYPE.literal) return { ...element, value: betweenTags(element.value, change) }
    if (element.type !== TYPE.select && element.type !== TYPE.plural) return element
    const options = Object.entries(element.options).map(([name, option]) => [
      name,
      { ...option, value: rewrite(option.value, change) },
    ])
    return { ...element, options: Object.fromEntries(options) }
  })
}

function pseudo({ file, messages }: Catalogue, change: (text: string) => string): Catalogue {
  const changed = [...messages].map(([key, message]) => {
    const text = printAST(rewrite(parse(message.text, { ignoreTag: true }), change))
    return [key, { ...message, text }] as const
  })
  return { file, messages: new Map(changed) }
}

const CHANGES = {
  lengthened,
  mirrored,
  'lengthened and mirrored': (text: string) => lengthened(mirrored(text), FILLS.rtl),
}
export type PseudoLocale = keyof typeof CHANGES

/** Whether the words run from right to left. */
export const isMirrored = (kind: PseudoLocale) => kind !== 'lengthened'

/** Locales that are made from English: left to right, or mirrored in place of Arabic. */
export async function pseudoLocales(kind: PseudoLocale): Promise<Locales> {
  const { files } = await readLocales('locales')
  const source = files.find(({ language, isInformal }) => language === 'en' && !isInformal)
  if (source === undefined) throw new Error('There is no English.')
  const catalogue = pseudo(source.catalogue, CHANGES[kind])
  const words = createWords(isMirrored(kind) ? 'ar' : 'en', [catalogue])
  return { languages: ['en'], version: kind, wordsFor: () => words, checkWords: () => [] }
}
