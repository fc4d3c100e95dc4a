/** Text with placeholders, parsed once so that filling it in for a person only joins strings. */
export type TemplateText = readonly (string | { readonly placeholder: string })[]

// `{{, name}}` drops its comma when there is no name (docs/course-format.md).
const PLACEHOLDER = /\{\{((?:, )?[A-Za-z-]+)\}\}/

/** Splits text at its `{{placeholders}}`. */
export function parseTemplate(text: string): TemplateText {
  return text.split(PLACEHOLDER).map((piece, index) => (index % 2 === 0 ? piece : { placeholder: piece }))
}

/**
 * Fills in the known values and leaves the other placeholders. A string is inserted unchanged and never parsed again,
 * even if it looks like a placeholder; a template keeps its own placeholders.
 */
export function bindValues(text: TemplateText, values: Readonly<Record<string, string | TemplateText>>): TemplateText {
  const pieces: (string | { placeholder: string })[] = []
  for (const piece of text) {
    const value = typeof piece === 'string' ? piece : (own(values, piece.placeholder) ?? [piece])
    for (const part of typeof value === 'string' ? [value] : value) {
      const last = pieces.length - 1
      const before = pieces[last]
      if (typeof part === 'string' && typeof before === 'string') pieces[last] = before + part
      else pieces.push(part)
    }
  }
  return pieces
}

/** Fills in all remaining placeholders. Values must suit their place: escaped for HTML, plain for text. */
export function fillTemplate(text: TemplateText, values: Readonly<Record<string, string>>): string {
  let filled = ''
  for (const piece of text) filled += typeof piece === 'string' ? piece : (own(values, piece.placeholder) ?? '')
  return filled
}

export function placeholdersOf(text: TemplateText): string[] {
  return text.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.placeholder]))
}

function own<T>(values: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined
}
