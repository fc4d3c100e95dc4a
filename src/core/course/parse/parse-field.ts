import {
  at,
  checkUnique,
  optionalText,
  plain,
  type ReadContext,
  readAudiences,
  readTextList,
} from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'
import type { Field, FieldBase, FieldType, Option } from '../course.ts'

interface Shape {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** The keys of its own that each type of field has. */
const SHAPES: Readonly<Record<FieldType, Shape>> = {
  text: { required: [], optional: ['max', 'placeholder'] },
  long: { required: [], optional: ['max', 'rows', 'guide', 'word-bank', 'prompts', 'highlight'] },
  scale: { required: ['min', 'max'], optional: ['low', 'high', 'step'] },
  checklist: { required: ['options'], optional: ['pick'] },
  choice: { required: ['options'], optional: [] },
  sorting: { required: ['bins', 'items'], optional: [] },
  sentence: { required: ['parts'], optional: ['max'] },
  date: { required: [], optional: [] },
  time: { required: [], optional: [] },
  note: { required: ['text'], optional: [] },
  repeat: { required: ['day', 'fields'], optional: [] },
}
const TYPES = Object.keys(SHAPES) as FieldType[]
const MAX_LENGTH = 20_000

type Keys = Map<string, YamlReader>

/** One field of an exercise; null when its type is unknown, so that nothing more can be said of it. */
export function parseField(reader: YamlReader, context: ReadContext): Field | null {
  const type = typeOf(reader)
  if (type === null) return null
  const shape = SHAPES[type]
  // A note says what it says; a label above it is optional.
  const required = type === 'note' ? ['id', 'type'] : ['id', 'type', 'label']
  const shared = ['label', 'hint', 'small', 'for', 'except', 'not-shared', 'later']
  const keys = reader.keys([...required, ...shape.required], [...shared, ...shape.optional])
  const exceptions = keys.get('except')
  const base: FieldBase = {
    id: at(keys, 'id').id(),
    label: optionalText(keys.get('label')),
    hint: optionalText(keys.get('hint')),
    small: keys.get('small')?.flag() ?? false,
    audiences: readAudiences(keys.get('for'), context),
    ...(exceptions === undefined ? {} : { except: readAudiences(exceptions, context) }),
    ...(keys.get('not-shared')?.flag() ? { notShared: true } : {}),
    ...(keys.get('later')?.flag() ? { later: true } : {}),
  }
  if (base.later && base.small)
    at(keys, 'later').report('A field of the Small form cannot wait.', 'Leave out "later" or "small".')
  const field = withOwnKeys(type, base, keys, context)
  context.positions.set(field, at(keys, 'id'))
  return field
}

function typeOf(reader: YamlReader): FieldType | null {
  const type = reader.entries().get('type')
  if (type === undefined) {
    reader.report('The field has no "type".', `Add "type:" with one of: ${TYPES.join(', ')}.`)
    return null
  }
  const before = type.problems.length
  const found = type.oneOf(TYPES)
  return type.problems.length > before ? null : found
}

function withOwnKeys(type: FieldType, base: FieldBase, keys: Keys, context: ReadContext): Field {
  switch (type) {
    case 'text':
      return {
        ...base,
        type,
        max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 300,
        placeholder: optionalText(keys.get('placeholder')),
      }
    case 'long':
      return { ...base, ...readLong(keys) }
    case 'scale':
      return { ...base, ...readScale(keys) }
    case 'checklist':
      return { ...base, ...readChecklist(keys, context) }
    case 'choice':
      return { ...base, type, options: readOptions(at(keys, 'options'), context, ['say']) }
    case 'sorting':
      return { ...base, ...readSorting(keys, context) }
    case 'sentence':
      return {
        ...base,
        type,
        parts: readSentence(at(keys, 'parts')),
        max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 300,
      }
    case 'note':
      return { ...base, type, text: plain(at(keys, 'text')) }
    case 'repeat':
      return { ...base, type, day: at(keys, 'day').integer(1, 1_000), fields: readTextList(at(keys, 'fields')) }
    default:
      return { ...base, type }
  }
}

function readLong(keys: Keys) {
  const guide = keys.get('guide')
  return {
    type: 'long' as const,
    max: keys.get('max')?.integer(1, MAX_LENGTH) ?? 10_000,
    rows: keys.get('rows')?.integer(1, 40) ?? 6,
    guide: guide === undefined ? null : readGuide(guide),
    wordBank: listOf(keys.get('word-bank')),
    prompts:
      keys
        .get('prompts')
        ?.list()
        .map((prompt) => {
          const own = prompt.keys(['words', 'say'])
          return { words: readTextList(at(own, 'words')), say: plain(at(own, 'say')) }
        }) ?? [],
    highlight: listOf(keys.get('highlight')),
  }
}

function listOf(reader: YamlReader | undefined): string[] {
  return reader === undefined ? [] : readTextList(reader)
}

function readGuide(reader: YamlReader): [number, number] {
  const [from = 0, to = 0, ...more] = reader.list().map((item) => item.integer(1, MAX_LENGTH))
  if (to <= from || more.length > 0) {
    reader.report('guide is not a range of words.', 'Write two numbers, the smaller first: [150, 400].')
  }
  return [from, to]
}

function readScale(keys: Keys) {
  const min = at(keys, 'min').integer(-100, 100)
  const max = at(keys, 'max').integer(-100, 1_000)
  if (max <= min) at(keys, 'max').report(`The scale ends at ${max} and begins at ${min}.`, 'Give a larger "max".')
  const step = keys.get('step')?.integer(1, 1_000)
  if (step !== undefined && (max - min) % step !== 0) {
    at(keys, 'step').report(`Steps of ${step} from ${min} never reach ${max}.`, 'Give a step that divides the scale.')
  }
  return {
    type: 'scale' as const,
    min,
    max,
    ...(step === undefined ? {} : { step }),
    low: optionalText(keys.get('low')),
    high: optionalText(keys.get('high')),
  }
}

function readChecklist(keys: Keys, context: ReadContext) {
  const options = readOptions(at(keys, 'options'), context, [])
  return {
    type: 'checklist' as const,
    options,
    pick: keys.get('pick')?.integer(1, Math.max(1, options.length)) ?? null,
  }
}

function readOptions(reader: YamlReader, { positions }: ReadContext, optional: readonly string[]): Option[] {
  const options = reader.list().map((item) => {
    const keys = item.keys(['id', 'label'], optional)
    const option = { id: at(keys, 'id').id(), label: plain(at(keys, 'label')), say: optionalText(keys.get('say')) }
    positions.set(option, item)
    return option
  })
  if (options.length < 2)
    reader.report(`${reader.name} offers no choice.`, 'Give at least two entries with id and label.')
  checkUnique(options, 'id', positions)
  return options
}

function readSorting(keys: Keys, context: ReadContext) {
  const bins = readOptions(at(keys, 'bins'), context, [])
  const items = at(keys, 'items')
    .list()
    .map((reader) => {
      const own = reader.keys(['id', 'text', 'bin'], ['say'])
      const bin = at(own, 'bin').id()
      if (bin !== '' && !bins.some(({ id }) => id === bin)) {
        at(own, 'bin').report(`There is no bin "${bin}".`, `Use one of: ${bins.map(({ id }) => id).join(', ')}.`)
      }
      const item = { id: at(own, 'id').id(), text: plain(at(own, 'text')), bin, say: optionalText(own.get('say')) }
      context.positions.set(item, reader)
      return item
    })
  if (items.length === 0) at(keys, 'items').report('There is nothing to sort.', 'Give items with id, text and bin.')
  checkUnique(items, 'item', context.positions)
  return { type: 'sorting' as const, bins, items }
}

/** `When {{when}}, I feel {{feeling}}.` as text and blanks in turn. */
function readSentence(reader: YamlReader): ({ text: string } | { blank: string })[] {
  const pieces = reader.text().split(/\{\{([^{}]*)\}\}/)
  const parts = pieces.map((piece, index) => (index % 2 === 0 ? { text: piece } : { blank: piece }))
  const blanks = pieces.filter((_, index) => index % 2 === 1)
  if (blanks.length === 0) reader.report('The sentence has no blank.', 'Write one as {{its-name}}.')
  for (const [index, blank] of blanks.entries()) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(blank)) {
      reader.report(`"{{${blank}}}" is no blank.`, 'Name it with lower-case letters, digits and hyphens.')
    } else if (blanks.indexOf(blank) < index) {
      reader.report(`The blank "{{${blank}}}" comes twice.`, 'Give each a name of its own.')
    }
  }
  if (parts.some((part) => 'text' in part && /\{\{|\}\}/.test(part.text))) {
    reader.report('The sentence has an open blank.', 'Write each blank as {{its-name}}.')
  }
  return parts.filter((part) => !('text' in part) || part.text !== '')
}
