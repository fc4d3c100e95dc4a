import { at, plain, readTextList } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { linesOfText, readText } from './read-values.ts'
import { MAX_LENGTH } from './text.ts'

/** A longer text, with writing aids. */
export interface LongField extends AnyField {
  readonly type: 'long'
  readonly max: number
  readonly rows: number
  readonly guide: readonly [number, number] | null
  readonly wordBank: readonly string[]
  readonly prompts: readonly { readonly words: readonly string[]; readonly say: string }[]
  readonly highlight: readonly string[]
}

export const long: FieldDefinition<LongField> = {
  requiredKeys: [],
  optionalKeys: ['max', 'rows', 'guide', 'word-bank', 'prompts', 'highlight'],
  shape: 'text',
  kind: 'writing',
  isForLetters: true,
  parse(keys) {
    const guide = keys.get('guide')
    return {
      max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 10_000,
      rows: keys.get('rows')?.integer(1, 40) ?? 6,
      guide: guide === undefined ? null : parseGuide(guide),
      wordBank: listOf(keys.get('word-bank')),
      prompts: keys.get('prompts')?.list().map(parsePrompt) ?? [],
      highlight: listOf(keys.get('highlight')),
    }
  },
  read: ({ value }, { max }) => readText(value, max, true),
  lines: (_field, answer) => linesOfText(answer),
}

function parsePrompt(reader: YamlReader) {
  const keys = reader.keys(['words', 'say'])
  return { words: readTextList(at(keys, 'words')), say: plain(at(keys, 'say')) }
}

function parseGuide(reader: YamlReader): [number, number] {
  const [from = 0, to = 0, ...more] = reader.list().map((item) => item.integer(1, MAX_LENGTH))
  if (to <= from || more.length > 0) {
    reader.report('guide is not a range of word counts.', 'Write two numbers, the smaller first: [150, 400].')
  }
  return [from, to]
}

function listOf(reader: YamlReader | undefined): string[] {
  return reader === undefined ? [] : readTextList(reader)
}
