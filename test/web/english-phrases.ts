import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { parseCatalogue } from '../../src/core/language/catalogue.ts'

/**
 * What English messages are made of, without their placeholders: pieces of three words or more which the course in this
 * folder does not say itself. No page of a course in another language may have one.
 */
export async function englishPhrases(courseFolder: string): Promise<readonly string[]> {
  const source = parseCatalogue('locales/en.json', await readFile('locales/en.json', 'utf8'), [])
  const texts = [...source.messages.values()].flatMap(({ text }) => literalsOf(parse(text, { ignoreTag: true })))
  const names = (await readdir(courseFolder, { recursive: true })).filter((name) => /\.(md|yaml)$/.test(name))
  const files = await Promise.all(names.map((name) => readFile(join(courseFolder, name), 'utf8')))
  const said = files.join('\n')
  return [...new Set(texts.map((text) => text.trim()))].filter(
    (text) => !said.includes(text) && /\p{L}{2,}\s+\p{L}{2,}\s+\p{L}{2,}/u.test(text),
  )
}

function literalsOf(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal) return element.value.split(/<\/?[a-z-]+>/)
    if (element.type !== TYPE.select && element.type !== TYPE.plural) return []
    return Object.values(element.options).flatMap(({ value }) => literalsOf(value))
  })
}

/** The text of a page with its character references resolved. */
export function shown(page: string): string {
  return page.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
}
