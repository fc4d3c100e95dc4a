import { at, checkUnique, optionalText, plain, type ReadContext } from '../../text/read-text.ts'
import type { YamlReader } from '../../text/yaml-reader.ts'

export interface Option {
  readonly id: string
  readonly label: string
  readonly say: string
}

/** At least two entries with id and label. `optional`: further optional keys. */
export function parseOptions(
  reader: YamlReader,
  { positions }: ReadContext,
  optional: readonly 'say'[] = [],
): readonly Option[] {
  const options = reader.list().map((item) => {
    const keys = item.keys(['id', 'label'], optional)
    const option = { id: at(keys, 'id').id(), label: plain(at(keys, 'label')), say: optionalText(keys.get('say')) }
    positions.set(option, item)
    return option
  })
  if (options.length < 2)
    reader.report(`${reader.name} has fewer than two options.`, 'Give at least two entries with id and label.')
  checkUnique(options, 'id', positions)
  return options
}

export function labelOf(options: readonly Option[], id: string): string {
  return options.find((option) => option.id === id)?.label ?? id
}

export function idsOf(things: readonly { readonly id: string }[]): readonly string[] {
  return things.map(({ id }) => id)
}

/** Whether all of these are among the ids. */
export function areAmong(ids: readonly string[], given: readonly string[]): boolean {
  return given.every((id) => ids.includes(id))
}
