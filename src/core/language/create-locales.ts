import { createHash } from 'node:crypto'
import type { Problem } from '../errors.ts'
import type { Locales } from '../locales.ts'
import type { CourseWords, Words } from '../words.ts'
import { type Catalogue, compareCatalogues } from './catalogue.ts'
import { readCourseWords } from './course-words.ts'
import { createWords } from './create-words.ts'
import { LANGUAGES, primaryLanguage, SOURCE_LANGUAGE } from './languages.ts'

/** A file of locales/ and what its name says: `de.json` and, for informal address, `de.informal.json`. */
export interface LocaleFile {
  readonly language: string
  readonly isInformal: boolean
  readonly catalogue: Catalogue
}

/**
 * Everything that is wrong between the files: languages without a file or without an entry in `LANGUAGES`, messages
 * that are missing or not known, placeholders that differ, and formal address where an informal form is missing.
 */
export function checkLocales(folder: string, files: readonly LocaleFile[]): Problem[] {
  const source = files.find(({ language, isInformal }) => language === SOURCE_LANGUAGE && !isInformal)
  if (source === undefined) {
    const file = `${folder}/${SOURCE_LANGUAGE}.json`
    return [{ file, what: 'This file is missing.', fix: 'Restore it: all other languages are translated from it.' }]
  }
  const missing = Object.keys(LANGUAGES)
    .filter((language) => !files.some((one) => one.language === language))
    .map((language) => {
      const fix = 'Create it, or remove its entry in src/core/language/languages.ts.'
      return { file: `${folder}/${language}.json`, what: 'This file is missing.', fix }
    })
  return [...missing, ...files.flatMap((file) => checkFile(file, source, files))]
}

function checkFile(file: LocaleFile, source: LocaleFile, all: readonly LocaleFile[]): Problem[] {
  const { language, isInformal, catalogue } = file
  if (LANGUAGES[language] === undefined) {
    const fix = 'Add it to src/core/language/languages.ts (docs/translating.md).'
    return [{ file: catalogue.file, what: `There is no entry for the language "${language}".`, fix }]
  }
  if (file === source) return []
  const differences = compareCatalogues(source.catalogue, catalogue, isInformal)
  return isInformal ? differences : [...differences, ...withoutInformalForm(file, all)]
}

/** Messages of formal address that would stay formal in a course with `address: informal`. */
function withoutInformalForm({ language, catalogue }: LocaleFile, all: readonly LocaleFile[]): Problem[] {
  const formalWords = LANGUAGES[language]?.formalWords ?? null
  if (formalWords === null) return []
  const informal = all.find((one) => one.language === language && one.isInformal)
  return [...catalogue.messages].flatMap(([key, { text, line }]) => {
    if (!formalWords.test(text) || informal?.catalogue.messages.has(key)) return []
    const fix = `Add "${key}" to ${catalogue.file.replace(/\.json$/, '.informal.json')}.`
    return [{ file: catalogue.file, line, what: `"${key}" has formal address and no informal form.`, fix }]
  })
}

/** The words of every language, from files without problems. */
export function createLocales(files: readonly LocaleFile[]): Locales {
  const known = new Map<string, Words>()
  /** Words of courses that replace some, by what they replace. */
  const ofCourses = new WeakMap<CourseWords, Map<string, Words>>()
  const wordsOfCourse = (words: CourseWords): Map<string, Words> => {
    const found = ofCourses.get(words) ?? new Map<string, Words>()
    ofCourses.set(words, found)
    return found
  }
  const source = cataloguesOf(SOURCE_LANGUAGE, 'formal', files)[0] ?? { file: '', messages: new Map() }
  const languages = Object.keys(LANGUAGES)
  const texts = files.map(({ catalogue }) => [...catalogue.messages].map(([key, { text }]) => [key, text]))
  return {
    languages,
    version: createHash('sha256').update(JSON.stringify(texts)).digest('base64url'),
    wordsFor({ language, address = 'formal', words }) {
      const own = primaryLanguage(language)
      const isKnown = languages.includes(own)
      const locale = isKnown ? language : SOURCE_LANGUAGE
      const key = `${locale} ${address}`
      const knownFor = words === undefined ? known : wordsOfCourse(words)
      const found = knownFor.get(key)
      if (found !== undefined) return found
      const catalogues = cataloguesOf(isKnown ? own : SOURCE_LANGUAGE, address, files)
      const made = createWords(
        locale,
        words === undefined ? catalogues : [readCourseWords(words, source).catalogue, ...catalogues],
      )
      knownFor.set(key, made)
      return made
    },
    checkWords: ({ words }) => (words === undefined ? [] : readCourseWords(words, source).problems),
  }
}

function cataloguesOf(language: string, address: string, files: readonly LocaleFile[]): Catalogue[] {
  return files
    .filter((file) => file.language === language && (address === 'informal' || !file.isInformal))
    .toSorted((one, other) => Number(other.isInformal) - Number(one.isInformal))
    .map(({ catalogue }) => catalogue)
}
