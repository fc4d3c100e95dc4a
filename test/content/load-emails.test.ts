import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadEmails } from '../../src/content/load-emails.ts'
import { ProblemsError } from '../../src/core/errors.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const EMAILS = fileURLToPath(new URL('../../emails', import.meta.url))

let folder: { path: string; remove(): Promise<void> }

beforeEach(async () => {
  folder = await createTempFolder()
  await cp(EMAILS, folder.path, { recursive: true })
})
afterEach(() => folder.remove())

async function spoil(path: string, from: string, to: string): Promise<void> {
  const file = join(folder.path, path)
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

/** The number of the line with this text in a file in emails/. */
async function lineOf(path: string, text: string): Promise<number> {
  const lines = (await readFile(join(folder.path, path), 'utf8')).split('\n')
  return lines.findIndex((line) => line.includes(text)) + 1
}

/** `file:line what` of every problem, paths relative to emails/. */
async function problems(): Promise<string[]> {
  const error: unknown = await loadEmails(folder.path).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProblemsError)) throw error ?? new Error('No problem was found.')
  return error.problems.map(({ file, line, what, fix }) => {
    expect(fix).not.toBe('')
    return `${file.slice(folder.path.length + 1)}:${line ?? '-'} ${what.replaceAll(`${folder.path}/`, '')}`
  })
}

describe('the layouts', () => {
  test('are compiled to HTML in the email’s language, with light and dark colours and no remote content', async () => {
    const { layouts } = await loadEmails(EMAILS)
    for (const html of Object.values(layouts)) {
      expect(html).toMatch(/^<!doctype html>/i)
      expect(html).toContain('<html lang="{{language}}" dir="{{direction}}"')
      expect(html).toContain('<meta name="color-scheme" content="light dark">')
      expect(html).toContain('@media (prefers-color-scheme: dark)')
      expect(html).not.toMatch(/<img|fonts\.googleapis|url\(|<script|<mj-/)
      expect(Buffer.byteLength(html)).toBeLessThan(24 * 1024)
    }
  })

  test('are validated strictly: every wrong attribute, value or position is reported with its line, all at once', async () => {
    await spoil('lesson.mjml', '<mj-button href', '<mj-button colour="red" href')
    await spoil('notice.mjml', '<mj-column>', '<mj-column><mj-column></mj-column>')
    await spoil('partials/footer.mjml', '<mj-section padding="26px 0 40px">', '<mj-section padding="wide">')
    const found = await problems()
    expect(found).toEqual([
      `lesson.mjml:${await lineOf('lesson.mjml', 'colour')} <mj-button>: Attribute colour is illegal.`,
      expect.stringMatching(/^partials\/footer\.mjml:1 <mj-section>: Attribute padding has invalid value: wide/),
      expect.stringMatching(/^notice\.mjml:\d+ <mj-column>: mj-column cannot be used inside mj-column/),
    ])
  })

  test('must close their tags in order, although MJML tolerates it', async () => {
    await spoil(
      'closing.mjml',
      '          <mj-text mj-class="title">',
      '          <mj-text>\n          <mj-text mj-class="title">',
    )
    await spoil('discreet.mjml', '</mj-wrapper>', '')
    const found = await problems()
    expect(found).toContainEqual(expect.stringMatching(/^closing\.mjml:\d+ .*closes <mj-text> of line \d+/))
    expect(found).toContainEqual(expect.stringMatching(/^discreet\.mjml:\d+ <\/mj-body> closes <mj-wrapper>/))
  })

  test('must include existing files inside emails/', async () => {
    await spoil('lesson.mjml', './partials/sender.mjml', './partials/sander.mjml')
    await spoil('notice.mjml', './partials/sender.mjml', '../outside.mjml')
    const found = await problems()
    expect(found).toContain(
      `lesson.mjml:${await lineOf('lesson.mjml', 'sander')} There is no file "./partials/sander.mjml" to include.`,
    )
    expect(found).toContain(
      `notice.mjml:${await lineOf('notice.mjml', 'outside')} "../outside.mjml" is outside emails/.`,
    )
  })

  test('may use known placeholders only', async () => {
    await spoil('partials/footer.mjml', '{{why}}', '{{whyNot}} {{why}}')
    await spoil('discreet.mjml', '{{line}}', '{{body}}')
    const found = await problems()
    expect(found).toContain(
      `discreet.mjml:${await lineOf('discreet.mjml', '{{body}}')} {{body}} is not a placeholder of discreet.mjml.`,
    )
    expect(
      found.filter((problem) => problem.startsWith('partials/footer.mjml:4 {{whyNot}} is not a placeholder')),
    ).toHaveLength(1)
  })

  test.each(['stopUrl', 'postalAddress', 'preheader', 'openUrl', 'why', 'language'])(
    'must have the placeholder %s',
    async (placeholder) => {
      for (const file of ['partials/footer.mjml', 'partials/top.mjml', 'partials/head.mjml', 'closing.mjml']) {
        const text = await readFile(join(folder.path, file), 'utf8')
        await writeFile(join(folder.path, file), text.replaceAll(`{{${placeholder}}}`, ''))
      }
      expect(await problems()).toContain(`closing.mjml:- The placeholder {{${placeholder}}} is missing.`)
    },
  )

  test('must all exist', async () => {
    await rm(join(folder.path, 'closing.mjml'))
    expect(await problems()).toEqual(['closing.mjml:- This layout is missing.'])
  })

  test('may contain comments with anything in them', async () => {
    await spoil('lesson.mjml', '<mj-body', '<!-- <mj-section> and {{anything}} -->\n  <mj-body')
    await expect(loadEmails(folder.path)).resolves.toBeDefined()
  })
})
