import { appendFile, cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createTempFolder } from '../temp-folder.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const HELP_NUMBERS = fileURLToPath(new URL('../../../lessons/steady-week/help-numbers.yaml', import.meta.url))

const EN = `questions:
  answered-by: Mira Holt, couples counsellor
  usual-days: 3
  do-not-send: Please leave out names and addresses.
  follow-up-after-days: 21
  delete-after-days: 90
`
const DE = EN.replace('couples counsellor', 'Paarberaterin').replace(
  'Please leave out names and addresses.',
  'Bitte lass Namen und Adressen weg.',
)

/** The course of three days, in English and German, as one that takes questions and has numbers for help. The caller removes the folder. */
export async function courseWithQuestions(): Promise<{ lessonsDir: string; remove(): Promise<void> }> {
  const folder = await createTempFolder()
  for (const [from, name, questions] of [
    ['courses/three-days', 'three-days', EN],
    ['translations/three-days.de', 'three-days.de', DE],
  ] as const) {
    await cp(`${FIXTURES}${from}`, `${folder.path}/${name}`, { recursive: true })
    await cp(HELP_NUMBERS, `${folder.path}/${name}/help-numbers.yaml`)
    await appendFile(`${folder.path}/${name}/course.yaml`, questions)
  }
  return { lessonsDir: folder.path, remove: folder.remove }
}
