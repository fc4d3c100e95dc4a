import { at, checkUnique, optionalText, plain } from '../../text/read-text.ts'
import type { AnyField, FieldDefinition } from './field-definition.ts'
import { areAmong, idsOf, labelOf, type Option, parseOptions } from './options.ts'
import { partIdsOf, partOf, readOneOf, readParts } from './read-values.ts'

/** Items to sort into bins. Answers are bin ids by item id. */
export interface SortingField extends AnyField {
  readonly type: 'sorting'
  readonly bins: readonly Option[]
  readonly items: readonly {
    readonly id: string
    readonly text: string
    readonly bin: string
    readonly say: string
  }[]
}

export const sorting: FieldDefinition<SortingField> = {
  requiredKeys: ['bins', 'items'],
  optionalKeys: [],
  shape: 'parts',
  kind: 'sorting',
  isForLetters: false,
  parse(keys, context) {
    const bins = parseOptions(at(keys, 'bins'), context)
    const items = at(keys, 'items')
      .list()
      .map((reader) => {
        const own = reader.keys(['id', 'text', 'bin'], ['say'])
        const bin = at(own, 'bin').id()
        if (bin !== '' && !bins.some(({ id }) => id === bin)) {
          at(own, 'bin').report(`There is no bin "${bin}".`, `Use one of: ${idsOf(bins).join(', ')}.`)
        }
        const item = { id: at(own, 'id').id(), text: plain(at(own, 'text')), bin, say: optionalText(own.get('say')) }
        context.positions.set(item, reader)
        return item
      })
    if (items.length === 0) at(keys, 'items').report('There is nothing to sort.', 'Give items with id, text and bin.')
    checkUnique(items, 'item', context.positions)
    return { bins, items }
  },
  read: (given, { items, bins }) => readParts(given, idsOf(items), (value) => readOneOf(value, idsOf(bins))),
  lines: ({ items, bins }, answer) =>
    items.flatMap(({ id, text }) => {
      const bin = partOf(answer, id)
      return bin === '' ? [] : [`${text} ${labelOf(bins, bin)}`]
    }),
  countParts: ({ items }) => items.length,
  holds: ({ items, bins }, answer) =>
    areAmong(idsOf(items), partIdsOf(answer)) && areAmong(idsOf(bins), Object.values(answer)),
}
