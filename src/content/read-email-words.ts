import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailWords, WordsName } from '../core/course/emails.ts'
import type { Fault } from '../core/errors.ts'
import { splitFrontMatter } from '../core/text/front-matter.ts'
import { readYaml, type YamlReader } from '../core/text/yaml-reader.ts'
import { shownPath } from './display-path.ts'

interface Shape {
  readonly words: readonly string[]
  readonly discreet: readonly string[]
  /** Slots that words and body may hold. */
  readonly slots: readonly string[]
  /** Slots that the discreet words may hold: nothing that tells what the mail is about. */
  readonly discreetSlots: readonly string[]
  readonly body: boolean
}

const NOTICE = ['subject', 'preheader', 'heading', 'button', 'after', 'view', 'why', 'stop']
const NOTICE_DISCREET = ['subject', 'preheader', 'heading', 'line', 'button', 'view', 'why', 'stop']
const LESSON_DISCREET = ['line', 'button', 'view', 'why', 'stop']

const SHAPES: Readonly<Record<WordsName, Shape>> = {
  confirm: {
    words: [...NOTICE, 'next', 'no-next'],
    discreet: NOTICE_DISCREET,
    slots: ['course', 'days', 'next'],
    discreetSlots: [],
    body: true,
  },
  'already-active': {
    words: [...NOTICE, 'next', 'no-next'],
    discreet: [...NOTICE_DISCREET, 'next', 'no-next'],
    slots: ['course', 'days', 'next', 'when'],
    discreetSlots: ['next', 'when'],
    body: true,
  },
  lesson: {
    words: ['day-of', 'plan', 'step-label', 'step', 'step-note', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    slots: ['course', 'days', 'day', 'exercise', 'minutes'],
    discreetSlots: [],
    body: false,
  },
  'check-in': {
    words: ['day-of', 'step-label', 'step', 'step-note', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    slots: ['course', 'days', 'week', 'weeks', 'exercise', 'minutes'],
    discreetSlots: [],
    body: false,
  },
  'reading-link': {
    words: NOTICE,
    discreet: NOTICE_DISCREET,
    slots: ['course', 'days'],
    discreetSlots: [],
    body: true,
  },
  'erase-link': {
    words: NOTICE,
    discreet: NOTICE_DISCREET,
    slots: ['course', 'days'],
    discreetSlots: [],
    body: true,
  },
  // One mail for every day: no slot says which.
  short: {
    words: ['subject', 'preheader', 'heading', 'button', 'view', 'why', 'stop', 'help'],
    discreet: NOTICE_DISCREET,
    slots: ['course'],
    discreetSlots: [],
    body: true,
  },
  closing: {
    words: ['day-of', 'button', 'view', 'why', 'stop', 'help'],
    discreet: LESSON_DISCREET,
    slots: ['course', 'days'],
    discreetSlots: [],
    body: false,
  },
}

/** Reads emails/words/<name>.md strictly. Faults are added to `faults`; the result is then not to be used. */
export async function readWords(emailsDir: string, name: WordsName, faults: Fault[]): Promise<MailWords> {
  const path = join(emailsDir, 'words', `${name}.md`)
  const file = shownPath(path)
  const text = await readFile(path, 'utf8').catch(() => null)
  const parts =
    text === null
      ? { file, what: 'These words are missing.', cure: 'Put the file there.' }
      : splitFrontMatter(file, text)
  if ('cure' in parts) {
    faults.push(parts)
    return { file, words: {}, discreet: {}, body: { markdown: '', line: 1 } }
  }

  const shape = SHAPES[name]
  const { yaml, linesBefore, body: markdown, bodyLine: line } = parts
  const reader = readYaml(file, yaml, linesBefore)
  const keys = reader.keys([...shape.words, 'discreet'])
  const words = readTexts(keys, shape.words, shape.slots)
  const discreetReader = keys.get('discreet')
  const discreet =
    discreetReader === undefined
      ? {}
      : readTexts(discreetReader.keys(shape.discreet), shape.discreet, shape.discreetSlots)
  faults.push(...reader.faults)

  checkBody(file, markdown, line, shape, faults)
  return { file, words, discreet, body: { markdown, line } }
}

function readTexts(keys: Map<string, YamlReader>, names: readonly string[], slots: readonly string[]) {
  const texts: Record<string, string> = {}
  for (const name of names) {
    const reader = keys.get(name)
    const text = reader?.text() ?? ''
    for (const slot of slotsIn(text)) {
      if (!slots.includes(slot)) reader?.fault(`{{${slot}}} is no slot here.`, slotCure(slots))
    }
    texts[name] = text
  }
  return texts
}

function checkBody(file: string, markdown: string, firstLine: number, shape: Shape, faults: Fault[]): void {
  if (shape.body && markdown.trim() === '') {
    faults.push({ file, line: firstLine, what: 'The mail has no text.', cure: 'Write it below the front matter.' })
  }
  if (!shape.body && markdown.trim() !== '') {
    const cure = 'Remove this text: the course writes the body of this mail.'
    faults.push({ file, line: firstLine, what: 'Text stands below the front matter.', cure })
  }
  markdown.split('\n').forEach((lineText, index) => {
    for (const slot of slotsIn(lineText)) {
      if (shape.slots.includes(slot)) continue
      faults.push({ file, line: firstLine + index, what: `{{${slot}}} is no slot here.`, cure: slotCure(shape.slots) })
    }
  })
}

function slotsIn(text: string): string[] {
  return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => match[1] ?? '')
}

function slotCure(slots: readonly string[]): string {
  return slots.length === 0 ? 'Write it without slots.' : `Use one of: ${slots.join(', ')}.`
}
