import { expect, test } from '@jest/globals'
import { LOCALES, readLocales } from '../../../src/content/load-locales.ts'

/** Each pair of quotation marks around words without a placeholder. */
const QUOTED = /[“„]([^“”„{}]+)[”“]/gu
/** Words inside a sentence that are a button or a link themselves. */
const TAGGED = /<[a-z-]+>(.*?)<\/[a-z-]+>/gsu
/** The names of the cookies. */
const NOT_LABELS = ['notes', 'pages']

test('labels that sentences quote are those of the pages, in every language and form of address', async () => {
  const { files } = await readLocales(LOCALES)
  const texts = (language: string, informal: boolean) =>
    new Map(
      files
        .filter((file) => file.language === language && (informal || !file.isInformal))
        .toSorted((one, other) => Number(one.isInformal) - Number(other.isInformal))
        .flatMap(({ catalogue }) => [...catalogue.messages].map(([key, { text }]) => [key, text] as const)),
    )
  for (const { language, isInformal, catalogue } of files) {
    const all = [...texts(language, isInformal).values()]
    const labels = new Set([
      ...NOT_LABELS,
      ...all,
      ...all.flatMap((text) => [...text.matchAll(TAGGED)].map(([, label]) => label)),
    ])
    const unknown = [...texts(language, isInformal)].flatMap(([key, text]) =>
      [...text.matchAll(QUOTED)]
        .map(([, label]) => label)
        .filter((label) => !labels.has(label ?? ''))
        .map((label) => `${key}: ${label}`),
    )
    expect({ file: catalogue.file, unknown }).toEqual({ file: catalogue.file, unknown: [] })
  }
})
