import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { LayoutName } from '../core/course/emails.ts'
import type { Fault } from '../core/errors.ts'
import type { CompiledMjml, MjmlSource } from './compile-mjml.ts'
import { shownPath } from './display-path.ts'
import { compileOrRecall } from './layout-cache.ts'

/** Every mail needs these: without them it would be unlawful, unreadable or refused by the big mailbox providers. */
const REQUIRED = [
  'language',
  'title',
  'preheader',
  'padding',
  'heading',
  'button',
  'openUrl',
  'why',
  'postalAddress',
  'view',
  'stop',
  'stopUrl',
]

const SLOTS: Readonly<Record<LayoutName, { required: readonly string[]; optional: readonly string[] }>> = {
  lesson: {
    required: [...REQUIRED, 'sender', 'body', 'afterBody'],
    optional: ['dotsDone', 'dotsLeft', 'dayOf', 'stepLabel', 'step', 'stepNote', 'care'],
  },
  closing: { required: [...REQUIRED, 'sender', 'body', 'afterBody'], optional: ['dotsDone', 'dayOf', 'care'] },
  notice: { required: [...REQUIRED, 'sender', 'body'], optional: ['after'] },
  short: { required: [...REQUIRED, 'sender', 'body'], optional: ['care'] },
  discreet: { required: REQUIRED, optional: ['line'] },
}

interface Source {
  readonly file: string
  readonly text: string
}

/**
 * Compiles MJML layouts strictly, with everything they include. Returns the HTML of each with its slots, or '' and faults.
 * `mj-include` paths are relative to the including file and stay inside `emailsDir`.
 */
export async function compileLayouts(
  emailsDir: string,
  names: readonly LayoutName[],
  faults: Fault[],
): Promise<Record<LayoutName, string>> {
  const sources: (MjmlSource & { readonly name: LayoutName })[] = []
  for (const name of names) {
    const source = await readLayout(emailsDir, name, faults)
    if (source !== null) sources.push({ ...source, name })
  }
  const compiled = await compileOrRecall(
    sources.map(({ path, text }) => ({ path, text })),
    emailsDir,
  )
  const layouts = Object.fromEntries(names.map((name) => [name, ''])) as Record<LayoutName, string>
  for (const [index, { name, path }] of sources.entries())
    layouts[name] = htmlOf(path, compiled[index] as CompiledMjml, faults)
  return layouts
}

/** Null where something is wrong with it already. */
async function readLayout(emailsDir: string, name: LayoutName, faults: Fault[]): Promise<MjmlSource | null> {
  const path = join(emailsDir, `${name}.mjml`)
  const found: Fault[] = []
  const sources = await readWithIncludes(emailsDir, path, found)
  for (const source of sources) if (source.file.endsWith('.mjml')) checkTags(source, found)
  checkSlots(name, shownPath(path), sources, found)
  faults.push(...found)
  return found.length > 0 ? null : { path, text: sources[0]?.text ?? '' }
}

/** MJML renders a missing or forbidden include as an HTML comment, even when strict. */
async function readWithIncludes(
  emailsDir: string,
  path: string,
  faults: Fault[],
  seen: string[] = [],
): Promise<Source[]> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) {
    faults.push({ file: shownPath(path), what: 'This layout is missing.', cure: 'Put the file there.' })
    return []
  }
  const sources: Source[] = [{ file: shownPath(path), text: withoutComments(text) }]
  if (!path.endsWith('.mjml')) return sources
  for (const match of withoutComments(text).matchAll(/<mj-include\b[^>]*?\bpath="([^"]*)"/g)) {
    const target = join(dirname(path), match[1] ?? '')
    const place = { file: shownPath(path), line: lineAt(text, match.index) }
    if (relative(emailsDir, target).startsWith('..')) {
      faults.push({
        ...place,
        what: `"${match[1]}" lies outside emails/.`,
        cure: 'Move the partial into emails/partials/.',
      })
    } else if (seen.includes(target)) {
      faults.push({ ...place, what: `"${match[1]}" includes itself.`, cure: 'Remove one of the includes.' })
    } else if ((await readFile(target).catch(() => null)) === null) {
      faults.push({
        ...place,
        what: `There is no file "${match[1]}" to include.`,
        cure: 'Correct the path, or write the file.',
      })
    } else {
      sources.push(...(await readWithIncludes(emailsDir, target, faults, [...seen, path])))
    }
  }
  return sources
}

/** MJML's parser closes forgotten tags as it sees fit and drops text that stands where only tags may stand. */
function checkTags({ file, text }: Source, faults: Fault[]): void {
  const open: { tag: string; line: number }[] = []
  for (const match of text.matchAll(/<(\/?)(mjml|mj-[a-z-]+)\b(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
    const [, slash, tag = '', selfClosing] = match
    const line = lineAt(text, match.index)
    if (selfClosing === '/') continue
    if (slash === '') {
      open.push({ tag, line })
      continue
    }
    const last = open.pop()
    if (last?.tag !== tag) {
      const what =
        last === undefined ? `</${tag}> closes nothing.` : `</${tag}> closes <${last.tag}> of line ${last.line}.`
      faults.push({ file, line, what, cure: 'Close tags in the order in which they were opened.' })
      return
    }
  }
  for (const { tag, line } of open) {
    faults.push({ file, line, what: `<${tag}> is never closed.`, cure: `Add </${tag}>.` })
  }
}

function checkSlots(name: LayoutName, file: string, sources: readonly Source[], faults: Fault[]): void {
  const { required, optional } = SLOTS[name]
  const found = new Set<string>()
  for (const source of sources) {
    for (const match of source.text.matchAll(/\{\{([^{}]*)\}\}/g)) {
      const slot = match[1] ?? ''
      found.add(slot)
      if (required.includes(slot) || optional.includes(slot)) continue
      const line = lineAt(source.text, match.index)
      const cure = `Use one of: ${[...required, ...optional].join(', ')}.`
      faults.push({ file: source.file, line, what: `{{${slot}}} is no slot of ${file}.`, cure })
    }
  }
  for (const slot of required) {
    if (sources.length > 0 && !found.has(slot)) {
      faults.push({
        file,
        what: `The slot {{${slot}}} is missing.`,
        cure: 'Every mail needs it: put it into the layout.',
      })
    }
  }
}

function htmlOf(path: string, compiled: CompiledMjml, faults: Fault[]): string {
  if ('html' in compiled) return compiled.html.replace(/^[ \t]+/gm, '').replace(/\n{2,}/g, '\n')
  faults.push(...mjmlFaults(shownPath(path), compiled))
  return ''
}

function mjmlFaults(file: string, { message, errors }: Exclude<CompiledMjml, { html: string }>): Fault[] {
  if (errors === null) {
    const cure = 'Look for a missing quotation mark or angle bracket.'
    return [{ file, what: `MJML cannot read this: ${message}`, cure }]
  }
  return errors.map((entry) => {
    const source = /^Line \d+ of (.*?\.(?:mjml|css|html))/.exec(entry.formattedMessage)?.[1]
    return {
      file: source === undefined ? file : shownPath(source),
      line: entry.line,
      what: `<${entry.tagName}>: ${entry.message.trim()}.`,
      cure: 'See the list of tags and attributes at documentation.mjml.io.',
    }
  })
}

/** Blanks out comments, keeping every line where it was. */
function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
