import { execFile } from 'node:child_process'
import { appendFile, cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTempFolder } from '../support/temp-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** Changes the copy of a file, and returns the line of the change, counted from 1. */
async function change(file: string, from: string, to: string): Promise<number> {
  const path = join(folder.path, file)
  const text = await readFile(path, 'utf8')
  const at = text.indexOf(from)
  if (at < 0) throw new Error(`${file} does not contain ${from}`)
  await writeFile(path, text.slice(0, at) + to + text.slice(at + from.length))
  return text.slice(0, at).split('\n').length
}

/** The line that is added at the end, counted from 1. */
async function append(file: string, line: string): Promise<number> {
  await appendFile(join(folder.path, file), `${line}\n`)
  return (await readFile(join(folder.path, file), 'utf8')).split('\n').length - 1
}

/** Where a sentence stands that should be in locales/. */
const SENTENCES = {
  'src/web/privacy/privacy-view.ts': 'export const planted = html`<p>Planted in a view</p>`',
  'emails/lesson.mjml': '<mj-text>Planted in an email</mj-text>',
  'src/flow/enrolment/stop.ts': "export const planted = () => new AppError('gone', 'Planted in an error.')",
  'src/web/public/exercise.js': "document.title = 'Planted in a script'",
}

let folder: { path: string; remove(): Promise<void> }
let outcome: { readonly status: number; readonly said: string }
const lines: Record<string, number> = {}

/** A copy with one mistake of each kind is checked once. */
beforeAll(async () => {
  folder = await createTempFolder()
  for (const name of ['src', 'locales', 'emails', 'tools', 'package.json'])
    await cp(join(ROOT, name), join(folder.path, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'))
  lines.extra = await change('locales/de.json', '"to-start":', '"to-the-start":')
  lines.placeholder = await change('locales/de.json', 'Fehler: {title}', 'Fehler: {titel}')
  lines.unused = await change('locales/en.json', '"to-start":', '"never-shown": "Nowhere",\n    "to-start":')
  for (const [file, text] of Object.entries(SENTENCES)) lines[file] = await append(file, text)
  outcome = await check()
}, 60_000)
afterAll(() => folder?.remove())

async function check(): Promise<typeof outcome> {
  try {
    const { stdout } = await run(process.execPath, [join(folder.path, 'tools/check-locales.mjs')])
    return { status: 0, said: stdout }
  } catch (error) {
    const { code, stderr } = error as { readonly code: number; readonly stderr: string }
    return { status: code, said: stderr }
  }
}

test('the check fails', () => {
  expect(outcome.status).toBe(1)
})

test.each([
  ['a message that is missing', () => 'locales/de\\.json.*"page\\.to-start"'],
  ['a message too many', () => `locales/de\\.json:${lines.extra}\\b.*"page\\.to-the-start"`],
  ['a placeholder that differs', () => `locales/de\\.json:${lines.placeholder}\\b.*"page\\.title-error".*titel`],
  ['a message that nothing uses', () => `locales/en\\.json:${lines.unused}\\b.*Nothing uses "page\\.never-shown"`],
  ['types that are out of date', () => 'src/core/messages\\.ts.*does not match'],
])('%s: named, with file and line', (_, pattern) => {
  expect(outcome.said).toMatch(new RegExp(pattern()))
})

test.each(Object.keys(SENTENCES))('a sentence in %s: named, with its line', (file) => {
  expect(outcome.said).toMatch(new RegExp(`${file.replaceAll('.', '\\.')}:${lines[file]}\\b.*Planted in an? `))
})
