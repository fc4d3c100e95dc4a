import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Problem, ProblemsError } from '../core/errors.ts'
import { parseCatalogue } from '../core/language/catalogue.ts'
import { checkLocales, createLocales, type LocaleFile } from '../core/language/create-locales.ts'
import type { Locales } from '../core/locales.ts'
import { displayPath } from './display-path.ts'

/** The messages that the code names are there, so no installation has others. */
export const LOCALES = fileURLToPath(new URL('../../locales', import.meta.url))
/** Notes for translators; the check of the project reads it. */
const CONTEXT = 'context.json'

/** Reads the words of every language. Throws ProblemsError with all problems of all files. */
export async function loadLocales(localesDir = LOCALES): Promise<Locales> {
  const { files, problems } = await readLocales(localesDir)
  if (problems.length > 0) throw new ProblemsError(problems)
  return createLocales(files)
}

export async function readLocales(
  localesDir: string,
): Promise<{ readonly files: readonly LocaleFile[]; readonly problems: readonly Problem[] }> {
  const folder = resolve(localesDir)
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json') && name !== CONTEXT)
  const problems: Problem[] = []
  const files: LocaleFile[] = []
  for (const name of names.sort()) {
    const file = displayPath(join(folder, name))
    const match = /^([a-z]{2,3})(\.informal)?\.json$/.exec(name)
    if (match?.[1] === undefined) {
      const fix = 'Name it after its language: de.json, or de.informal.json for informal address.'
      problems.push({ file, what: 'This is not the name of a language.', fix })
      continue
    }
    const text = await readFile(join(folder, name), 'utf8')
    const catalogue = parseCatalogue(file, text, problems)
    files.push({ language: match[1], isInformal: match[2] !== undefined, catalogue })
  }
  // Messages that cannot be parsed would be reported again as missing.
  return { files, problems: problems.length > 0 ? problems : checkLocales(displayPath(folder), files) }
}
