import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmailWords, WordsName } from '../core/course/emails.ts'
import type { Problem } from '../core/errors.ts'
import { splitFrontMatter } from '../core/text/front-matter.ts'
import { readYaml, type YamlReader } from '../core/text/yaml-reader.ts'
import { displayPath } from './display-path.ts'

interface WordsFormat {
  readonly words: readonly string[]
  readonly discreet: readonly string[]
  /** Slots that words and body may hold. */
  readonly placeholders: readonly string[]
  /** Slots that the discreet words may hold: nothing that tells what the mail is about. */
  readonly discreetPlaceholders: readonly string[]
  readonly body: boolean
}

const NOTICE = ['subject', 'preheader', 'heading', 'button', 'after', 'view', 'why', 'stop']
const NOTICE_DISCREET = ['subject', 'preheader', 'heading', 'line', 'button', 'view', 'why', 'stop']
const LESSON_DISCREET = ['line', 'button', 'view', 'why', 'stop']

const WORDS_FORMATS: Readonly<Record<WordsName, WordsFormat>> = {
  confirm: {
    words: [...NOTICE, 'next', 'no-next'],
    discreet: NOTICE_DISCREET,
    placeholders: ['course', 'days', 'next'],
    discreetPlaceholders: [],
    body: true,
  },
  'already-active': {
    words: [...NOTICE, 'next', 'no-next'],
    discreet: [...NOTICE_DISCREET, 'next', 'no-next'],
    placeholders: ['course', 'days', 'next', 'when'],
    discreetPlaceholders: ['next', 'when'],
    body: true,
  },
  lesson: {
    words: ['day-of', 'plan', 'step-label', 'step', 'step-note', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    placeholders: ['course', 'days', 'day', 'exercise', 'minutes'],
    discreetPlaceholders: [],
    body: false,
  },
  'check-in': {
    words: ['day-of', 'step-label', 'step', 'step-note', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    placeholders: ['course', 'days', 'week', 'weeks', 'exercise', 'minutes'],
    discreetPlaceholders: [],
    body: false,
  },
  'reading-link': {
    words: NOTICE,
    discreet: NOTICE_DISCREET,
    placeholders: ['course', 'days'],
    discreetPlaceholders: [],
    body: true,
  },
  'erase-link': {
    words: NOTICE,
    discreet: NOTICE_DISCREET,
    placeholders: ['course', 'days'],
    discreetPlaceholders: [],
    body: true,
  },
  // One mail for every day: no placeholder says which.
  short: {
    words: ['subject', 'preheader', 'heading', 'button', 'view', 'why', 'stop', 'help'],
    discreet: NOTICE_DISCREET,
    placeholders: ['course'],
    discreetPlaceholders: [],
    body: true,
  },
  closing: {
    words: ['day-of', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    placeholders: ['course', 'days'],
    discreetPlaceholders: [],
    body: false,
  },
}

/** Reads emails/words/<name>.md strictly. Problems are added to `problems`; the result is then not to be used. */
export async function readWords(emailsDir: string, name: WordsName, problems: Problem[]): Promise<EmailWords> {
  const path = join(emailsDir, 'words', `${name}.md`)
  const file = displayPath(path)
  const text = await readFile(path, 'utf8').catch(() => null)
  const parts =
    text === null ? { file, what: 'This file is missing.', fix: 'Put the file there.' } : splitFrontMatter(file, text)
  if ('fix' in parts) {
    problems.push(parts)
    return { file, words: {}, discreet: {}, body: { markdown: '', line: 1 } }
  }

  const format = WORDS_FORMATS[name]
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
    problems.push({ file, line: firstLine, what: 'The mail has no text.', fix: 'Write it below the front matter.' })
  }
  if (!format.body && markdown.trim() !== '') {
    const fix = 'Remove this text: the course writes the body of this mail.'
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
