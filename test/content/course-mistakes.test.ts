import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { loadCourses } from '../../src/content/load-courses.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { FIXTURE_COURSES } from '../support/test-app.ts'

let folder: { path: string; remove(): Promise<void> }
const day = (number: number) => join(folder.path, 'three-days', `day-${number}.md`)

beforeEach(async () => {
  folder = await createTempFolder()
  await cp(FIXTURE_COURSES, folder.path, { recursive: true })
})
afterEach(() => folder.remove())

/** The problems reported by loading, one per line, starting with the file name. */
async function said(): Promise<string[]> {
  const error = await loadCourses(folder.path).then(
    () => null,
    (reason: Error) => reason,
  )
  return (error?.message ?? '').split('\n').map((line) => line.replace(/^.*three-days\//, ''))
}

async function change(from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(day(1), 'utf8')
  const changed = text.replace(from, to)
  expect(changed).not.toBe(text)
  await writeFile(day(1), changed)
}

test.each<[string, string | RegExp, string, RegExp]>([
  ['a picture', 'Hello{{, name}},', 'Hello,\n\n![a](https://img.example/a.png)', /^day-1\.md:40: .*picture.*Remove it/],
  [
    'a picture by reference',
    'Hello{{, name}},',
    'Hi\n![a][b]\n\n[b]: https://i.example/a.png',
    /^day-1\.md:39: .*picture/,
  ],
  ['a picture in HTML', 'Hello{{, name}},', 'Hello, <img src="cup.png">', /^day-1\.md:38: .*picture/],
  ['a picture on the page', 'intro: Short answers are **fine**.', 'intro: "![a](cup.png)"', /^day-1\.md:11: .*picture/],
  ['no day', /^day: 1\n/m, '', /^day-1\.md:2: .*no "day"\. Add "day:"\.$/],
  ['another day', /^day: 1\n/m, 'day: 2\n', /^day-1\.md:2: .*named day 1.*Write "day: 1"\.$/],
  ['no exercise', /^exercise:[\s\S]*?\n---/m, '---', /^day-1\.md:2: .*no "exercise"\. Add "exercise:"\.$/],
  ['an exercise without anything', /^exercise:[\s\S]*?\n---/m, 'exercise:\n---', /^day-1\.md:9: exercise is empty/],
  ['a colon in text', /^title: .*$/m, 'title: One: two', /^day-1\.md:3: A colon .* quotation marks\.$/],
  ['two colons in text', /^goal: .*$/m, 'goal: Note: write: it', /^day-1\.md:8: A colon .* quotation marks\.$/],
  ['a tab', /^ {2}title:/m, '\ttitle:', /^day-1\.md:10: There is a tab .*spaces\.$/],
  ['a tab after spaces', /^ {2}title:/m, '  \ttitle:', /^day-1\.md:10: There is a tab .*spaces\.$/],
  ['wrong indentation', /^ {2}title:/m, '   title:', /^day-1\.md:11: .*another column/],
  ['an open quotation mark', /^title: .*$/m, 'title: "One', /^day-1\.md:3: A quotation mark/],
  ['text that begins with @', /^title: .*$/m, 'title: @one', /^day-1\.md:3: .*begin with @.*quotation marks\.$/],
  ['a key twice', /^title:/m, 'title: x\ntitle:', /^day-1\.md:4: The key "title" is used twice/],
  ['a misspelled key', /^subject:/m, 'subjet:', /^day-1\.md:4: .*"subjet".*Did you mean "subject"\?/],
  ['a misspelled key further in', /^ {2}title:/m, '  titel:', /^day-1\.md:10: .*"titel".*Did you mean "title"\?/],
  ['an unknown key', /^subject:/m, 'colour: red\nsubject:', /^day-1\.md:4: .*"colour".*Use one of: day, title/],
  [
    'a subject of the name alone',
    /^subject:.*$/m,
    'subject: "{{name}}"',
    /^day-1\.md:4: .*empty for a learner who gave no name/,
  ],
  ['a subject of the name and a sign', /^subject:.*$/m, 'subject: "{{name}}!"', /^day-1\.md:4: .*gave no name/],
  ['an empty file', /^[\s\S]*$/, '\n', /^day-1\.md:1: The file is empty\. Write it/],
  ['no front matter', /^---\n/, '', /^day-1\.md:1: There is no front matter/],
  ['a front matter without an end', /\n---\n/, '\n', /^day-1\.md:1: The front matter does not end/],
])('%s is reported in one line with file, line and fix', async (_, from, to, sentence) => {
  await change(from, to)
  expect(await said()).toEqual([expect.stringMatching(sentence)])
})

test('a byte order mark and other line endings are accepted', async () => {
  const text = await readFile(day(1), 'utf8')
  await writeFile(day(1), `\uFEFF${text.replaceAll('\n', '\r\n')}`)
  expect(await said()).toEqual([''])
})

test('a file that is not UTF-8 is reported with the fix', async () => {
  await writeFile(day(1), Buffer.from('---\nday: 1\ntitle: Caf\xe9\n---\n', 'latin1'))
  expect(await said()).toContainEqual(expect.stringMatching(/^day-1\.md: .*UTF-8.*Save it as UTF-8/))
})

test('duplicate and missing days are reported', async () => {
  await rename(day(3), join(folder.path, 'three-days', 'day-03.md'))
  expect(await said()).toEqual([expect.stringMatching(/^day-03\.md: .*Name days day-1\.md/)])
  await rename(join(folder.path, 'three-days', 'day-03.md'), day(4))
  expect(await said()).toContainEqual(expect.stringMatching(/^day-3\.md: This file is missing/))
})

test('an oversized file is reported and not read', async () => {
  await writeFile(day(1), `---\nday: 1\n---\n${'*a'.repeat(1_000_000)}`)
  expect(await said()).toContainEqual(expect.stringMatching(/^day-1\.md: .*more than 200 kB\./))
})

test('symbolic links to folders and files are followed, as Kubernetes volumes use them; a broken one is reported', async () => {
  const elsewhere = join(folder.path, 'three-days', '.kept')
  await mkdir(elsewhere)
  await rename(day(1), join(elsewhere, 'day-1.md'))
  await symlink(join('.kept', 'day-1.md'), day(1))
  await rename(join(folder.path, 'three-days'), join(folder.path, '.three-days'))
  await symlink('.three-days', join(folder.path, 'three-days'))
  expect(await said()).toEqual([''])
  expect((await loadCourses(folder.path)).get('three-days')?.lessons).toHaveLength(3)
  await symlink('nowhere.md', day(9))
  expect(await said()).toEqual([expect.stringMatching(/^day-9\.md: .*cannot be read/)])
})

test('a symbolic link to its own folder does not recurse forever', async () => {
  await symlink('..', join(folder.path, 'three-days', 'again'))
  expect((await said()).length).toBeGreaterThan(0)
})
