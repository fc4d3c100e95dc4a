import { escapeHtml } from './escape-html.ts'

export { escapeHtml }

export type TemplateValues = Readonly<Record<string, string>>

interface Slot {
  readonly name: string
  /** Put in as it is: the caller vouches that it is HTML. */
  readonly raw: boolean
}

const SLOT = /\{\{\{([a-z][A-Za-z0-9]*)\}\}\}|\{\{([a-z][A-Za-z0-9]*)\}\}/g

/**
 * Prepares finished HTML for filling: `{{slot}}` takes text and escapes it, `{{{slot}}}` takes HTML as it is.
 * Values never touch the template's own source, so nothing in them is read as a slot. Throws when the template holds
 * other braces; the function it gives throws when a slot has no value, or a value no slot. `file` names it in errors.
 */
export function compileTemplate(html: string, file: string): (values: TemplateValues) => string {
  const texts: string[] = []
  const slots: Slot[] = []
  let from = 0
  for (const match of html.matchAll(SLOT)) {
    texts.push(html.slice(from, match.index))
    slots.push({ name: (match[1] ?? match[2]) as string, raw: match[1] !== undefined })
    from = match.index + match[0].length
  }
  texts.push(html.slice(from))
  const stray = texts.find((text) => /\{\{|\}\}/.test(withoutStyles(text)))
  if (stray !== undefined)
    throw new Error(`${file}: braces that are no slot: ${/.{0,20}(\{\{|\}\}).{0,20}/s.exec(stray)?.[0]}`)
  const names = new Set(slots.map(({ name }) => name))

  return (values) => {
    for (const name of Object.keys(values))
      if (!names.has(name)) throw new Error(`${file}: there is no slot "${name}".`)
    let filled = texts[0] ?? ''
    for (const [index, { name, raw }] of slots.entries()) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined) throw new Error(`${file}: the slot "${name}" has no value.`)
      filled += (raw ? value : escapeHtml(value)) + (texts[index + 1] ?? '')
    }
    return filled
  }
}

/** Style sheets close nested rules with two braces. */
function withoutStyles(html: string): string {
  return html.replace(/<style\b[\s\S]*?<\/style>/gi, '')
}
