// Everything about sentences that only shows in the source: types of messages that are out of date, messages that
// nothing uses, notes for translators about messages that do not exist, and sentences written outside locales/.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLocales } from '../src/content/load-locales.ts'
import { formatProblem } from '../src/core/errors.ts'
import { parseCatalogue } from '../src/core/language/catalogue.ts'
import { messageTypes } from '../src/core/language/message-types.ts'
import { literalSentences, usedKeys } from './find-sentences.mjs'
import { root } from './node-version.mjs'

const USAGE = `npm run locales              checks locales/, and that no sentence for readers stands anywhere else
npm run locales -- --write   writes src/core/messages.ts, the types of the messages, anew
npm run locales -- --help    this text`

const TYPES = 'src/core/messages.ts'
/** Files with sentences that visitors never read, and who reads them instead; these stay English. */
const NOT_FOR_VISITORS = {
  'src/web/operations/metrics.ts': 'monitoring',
  'src/web/page/styles-view.ts': 'programmers: a page that only development shows',
  'src/web/security/check-proxy-count.ts': 'operators, in the log and in /readyz',
  'src/web/security/cross-site.ts': 'programmers: the reasons for its exceptions',
}

const given = process.argv.slice(2)
const asked = given.includes('--help') || given.includes('-h')
if (asked || given.some((word) => word !== '--write')) {
  console[asked ? 'log' : 'error'](USAGE)
  process.exit(asked ? 0 : 2)
}

const problems = []
const { files, problems: wrong } = await readLocales(join(root, 'locales'))
problems.push(...wrong)
const source = files.find(({ language, isInformal }) => language === 'en' && !isInformal)
if (source !== undefined && wrong.every(({ file }) => file !== source.catalogue.file)) checkSource(source.catalogue)
checkSentences()
for (const problem of problems) console.error(formatProblem(problem))
if (problems.length === 0) console.log('locales/ is complete, and no sentence for readers stands anywhere else.')
process.exitCode = problems.length === 0 ? 0 : 1

function checkSource(catalogue) {
  const types = messageTypes(catalogue)
  if (given.includes('--write')) writeFileSync(join(root, TYPES), types)
  else if (readFileSync(join(root, TYPES), 'utf8') !== types) {
    const fix = 'Write it: npm run locales -- --write'
    problems.push({ file: TYPES, what: `It does not match ${catalogue.file}.`, fix })
  }
  const isUsed = usedKeys(sourcesIn('src').filter((file) => file !== TYPES))
  for (const [key, { line }] of catalogue.messages) {
    if (isUsed(key)) continue
    const fix = 'Remove it from every file of locales/.'
    problems.push({ file: catalogue.file, line, what: `Nothing uses "${key}".`, fix })
  }
  const notes = parseCatalogue('locales/context.json', read('locales/context.json'), problems)
  for (const [key, { line }] of notes.messages) {
    if (catalogue.messages.has(key)) continue
    const fix = 'Correct the name, or remove the note.'
    problems.push({ file: notes.file, line, what: `There is no message "${key}".`, fix })
  }
}

function checkSentences() {
  const exempt = new Set(Object.keys(NOT_FOR_VISITORS))
  for (const file of ['src/web', 'src/flow', 'src/core', 'emails'].flatMap(sourcesIn)) {
    const found = literalSentences(file, read(file))
    if (exempt.delete(file)) {
      if (found.length > 0) continue
      const fix = 'Remove it from NOT_FOR_VISITORS.'
      problems.push({ file: 'tools/check-locales.mjs', what: `No sentence is left in ${file}.`, fix })
    }
    for (const { line, text } of found)
      problems.push({ file, line, what: `"${text}" is written here.`, fix: 'Move it to locales/.' })
  }
  for (const file of exempt)
    problems.push({
      file: 'tools/check-locales.mjs',
      what: `There is no ${file}.`,
      fix: 'Remove it from NOT_FOR_VISITORS.',
    })
}

function sourcesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(ts|js|mjml)$/.test(name))
    .map((name) => `${folder}/${name}`)
    .sort()
}

function read(file) {
  return readFileSync(join(root, file), 'utf8')
}
