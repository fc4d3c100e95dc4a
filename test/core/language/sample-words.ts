import { loadLocales } from '../../../src/content/load-locales.ts'

export const locales = await loadLocales()
export const ENGLISH = locales.wordsFor({ language: 'en' })
export const GERMAN = locales.wordsFor({ language: 'de' })
