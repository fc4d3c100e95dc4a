import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { compileMjml } from '../../src/content/compile-mjml.ts'
import { compileWithCache } from '../../src/content/layout-cache.ts'
import { createTempFolder } from '../support/temp-folder.ts'

let temporary: Awaited<ReturnType<typeof createTempFolder>>
let emails: string
let kept: string

beforeEach(async () => {
  temporary = await createTempFolder()
  emails = join(temporary.path, 'emails')
  kept = join(temporary.path, 'kept')
  await mkdir(emails)
  await writeFile(join(emails, 'part.mjml'), '<mj-text>first words</mj-text>')
})
afterEach(() => temporary.remove())

const layout = (inside: string) =>
  `<mjml><mj-body><mj-section><mj-column>${inside}</mj-column></mj-section></mj-body></mjml>`
async function compile(inside = '<mj-include path="./part.mjml" />', withMjml = false) {
  const source = { path: join(emails, 'lesson.mjml'), text: layout(inside) }
  await writeFile(source.path, source.text)
  return (await compileWithCache([source], emails, { folder: kept, ...(!withMjml && { compile: include }) }))[0]
}

/** Only puts in what is included, where MJML takes most of a second. */
const include: typeof compileMjml = (sources) =>
  Promise.all(
    sources.map(async ({ text }) => {
      const part = /<mj-include path="([^"]+)"/.exec(text)?.[1]
      return { html: part === undefined ? text : text + (await readFile(join(emails, part), 'utf8')) }
    }),
  )
const files = async () => readdir(kept).catch(() => [])

test('an unchanged layout comes from the cache', async () => {
  const first = await compile('<mj-include path="./part.mjml" />', true)
  expect(first).toMatchObject({ html: expect.stringContaining('first words') })
  const [name] = await files()
  const file = join(kept, name as string)
  await writeFile(file, (await readFile(file, 'utf8')).replace('first words', 'recalled words'))
  expect(await compile('<mj-include path="./part.mjml" />', true)).toMatchObject({
    html: expect.stringContaining('recalled words'),
  })
})

test('a change in the layout or in a file it includes is noticed', async () => {
  await compile()
  expect(await compile('<mj-text>other words</mj-text>')).toMatchObject({
    html: expect.stringContaining('other words'),
  })
  await writeFile(join(emails, 'part.mjml'), '<mj-text>second words</mj-text>')
  expect(await compile()).toMatchObject({ html: expect.stringContaining('second words') })
  expect(await files()).toHaveLength(3)
})

test('a change in an included style sheet is noticed', async () => {
  const styled = () => compile('<mj-include path="./style.css" type="css" /><mj-text>words</mj-text>')
  await writeFile(join(emails, 'style.css'), '.words { color: #111111; }')
  await styled()
  await writeFile(join(emails, 'style.css'), '.words { color: #222222; }')
  expect(await styled()).toMatchObject({ html: expect.stringContaining('#222222') })
})

test('layouts with problems are reported each time and never cached', async () => {
  for (let time = 0; time < 2; time += 1)
    expect(await compile('<mj-tekst>words</mj-tekst>', true)).toHaveProperty('message')
  expect(await files()).toEqual([])
})

test('a truncated cache file is compiled again', async () => {
  await compile()
  const [name] = await files()
  await writeFile(join(kept, name as string), '[{"html":"<ht')
  expect(await compile()).toMatchObject({ html: expect.stringContaining('first words') })
})

test('works without a writable cache', async () => {
  await writeFile(kept, 'a file where the folder should be')
  expect(await compile()).toMatchObject({ html: expect.stringContaining('first words') })
})

test('the cache keeps only the most recent entries', async () => {
  await mkdir(kept)
  for (let number = 0; number < 40; number += 1) await writeFile(join(kept, `${number}.json`), '[]')
  await compile()
  expect(await files()).toHaveLength(20)
})
