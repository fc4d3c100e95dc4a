import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WordsFormat } from '../core/delivery/email-words.ts'
import { EMAIL_FORMS, type EmailWords, type WordsName } from '../core/delivery/emails.ts'
import type { Problem } from '../core/errors.ts'
import { splitFrontMatter } from '../core/text/front-matter.ts'
import { readYaml, type YamlReader } from '../core/text/yaml-reader.ts'
import { displayPath } from './display-path.ts'

/** Reads emails/words/<name>.md strictly. Problems are appended to `problems`; if there are any, do not use the result. */
export async function readWords(emailsDir: string, name: WordsName, problems: Problem[]): Promise<EmailWords> {
  const path = join(emailsDir, 'words', `${name}.md`)
  const file = displayPath(path)
  const text = await readFile(path, 'utf8').catch(() => null)
  const parts =
    text === null ? { file, what: 'This file is missing.', fix: 'Create the file.' } : splitFrontMatter(file, text)
  if ('fix' in parts) {
    problems.push(parts)
    return { file, words: {}, discreet: {}, body: { markdown: '', line: 1 } }
  }

  const format = EMAIL_FORMS[name].words
  const { yaml, linesBefore, body: markdown, bodyLine: line } = parts
  const reader = readYaml(file, yaml, linesBefore)
  const keys = reader.keys([...format.words, 'discreet'])
  const words = readTexts(keys, format.words, format.placeholders)
  const discreetReader = keys.get('discreet')
  const discreet =
    discreetReader === undefined
      ? {}
      : readTexts(discreetReader.keys(format.discreet), format.discreet, format.discreetPlaceholders)
  problems.push(...reader.problems)

  checkBody(file, markdown, line, format, problems)
  return { file, words, discreet, body: { markdown, line } }
}

function readTexts(keys: Map<string, YamlReader>, names: readonly string[], placeholders: readonly string[]) {
  const texts: Record<string, string> = {}
  for (const name of names) {
    const reader = keys.get(name)
    const text = reader?.text() ?? ''
    for (const placeholder of placeholdersIn(text)) {
      if (!placeholders.includes(placeholder))
        reader?.report(`{{${placeholder}}} is not a placeholder here.`, placeholderFix(placeholders))
    }
    texts[name] = text
  }
  return texts
}

function checkBody(file: string, markdown: string, firstLine: number, format: WordsFormat, problems: Problem[]): void {
  if (format.body && markdown.trim() === '') {
    problems.push({ file, line: firstLine, what: 'The email has no text.', fix: 'Write it below the front matter.' })
  }
  if (!format.body && markdown.trim() !== '') {
    const fix = 'Remove this text: the body of this email comes from the course.'
    problems.push({ file, line: firstLine, what: 'There is text below the front matter.', fix })
  }
  markdown.split('\n').forEach((lineText, index) => {
    for (const placeholder of placeholdersIn(lineText)) {
      if (format.placeholders.includes(placeholder)) continue
      problems.push({
        file,
        line: firstLine + index,
        what: `{{${placeholder}}} is not a placeholder here.`,
        fix: placeholderFix(format.placeholders),
      })
    }
  })
}

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => match[1] ?? '')
}

function placeholderFix(placeholders: readonly string[]): string {
  return placeholders.length === 0 ? 'Placeholders cannot be used here.' : `Use one of: ${placeholders.join(', ')}.`
}
