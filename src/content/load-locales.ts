import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Problem, ProblemsError } from '../core/errors.ts'
import { parseCatalogue } from '../core/language/catalogue.ts'
import { checkLocales, createLocales, type LocaleFile } from '../core/language/create-locales.ts'
import type { Locales } from '../core/locales.ts'
import { displayPath } from './display-path.ts'
import { parseWithCache } from './parsed-cache.ts'

/** The messages that the code names are there, so no installation has others. */
export const LOCALES = fileURLToPath(new URL('../../locales', import.meta.url))
/** Notes for translators; the check of the project reads it. */
const CONTEXT = 'context.json'

/** Reads the words of every language. Throws ProblemsError with all problems of all files. */
export async function loadLocales(localesDir = LOCALES): Promise<Locales> {
  const folder = resolve(localesDir)
  const texts = await readTexts(folder)
  const { files, problems } = await parseWithCache(
    texts.flatMap(({ name, file, text }) => [name, file, text]),
    () => parseTexts(folder, texts),
    ({ problems }) => problems.length === 0,
  )
  if (problems.length > 0) throw new ProblemsError(problems)
  return createLocales(files)
}

interface LocalesRead {
  readonly files: readonly LocaleFile[]
  readonly problems: readonly Problem[]
}

export async function readLocales(localesDir: string): Promise<LocalesRead> {
  const folder = resolve(localesDir)
  return parseTexts(folder, await readTexts(folder))
}

interface LocaleText {
  readonly name: string
  readonly file: string
  readonly text: string
}

/** The files of the folder with their texts, by name. */
async function readTexts(folder: string): Promise<LocaleText[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json') && name !== CONTEXT)
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(folder, name)
      return { name, file: displayPath(path), text: await readFile(path, 'utf8') }
    }),
  )
}

function parseTexts(folder: string, texts: readonly LocaleText[]): LocalesRead {
  const problems: Problem[] = []
  const files: LocaleFile[] = []
  for (const { name, file, text } of texts) {
    const match = /^([a-z]{2,3})(\.informal)?\.json$/.exec(name)
    if (match?.[1] === undefined) {
      const fix = 'Name it after its language: de.json, or de.informal.json for informal address.'
      problems.push({ file, what: 'This is not the name of a language.', fix })
      continue
    }
    const catalogue = parseCatalogue(file, text, problems)
    files.push({ language: match[1], isInformal: match[2] !== undefined, catalogue })
  }
  // Messages that cannot be parsed would be reported again as missing.
  return { files, problems: problems.length > 0 ? problems : checkLocales(displayPath(folder), files) }
}
