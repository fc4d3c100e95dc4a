import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { LayoutName } from '../core/delivery/email-kinds.ts'
import type { Problem } from '../core/errors.ts'
import type { CompiledMjml, MjmlSource } from './compile-mjml.ts'
import { displayPath } from './display-path.ts'
import { compileWithCache } from './layout-cache.ts'

/** Required in every email by law, for readability, or by the large mailbox providers. */
const REQUIRED = [
  'language',
  'direction',
  'title',
  'preheader',
  'padding',
  'heading',
  'button',
  'openUrl',
  'why',
  'postalAddress',
  'view',
  'own',
  'stop',
  'stopUrl',
]

const PLACEHOLDERS: Readonly<Record<LayoutName, { required: readonly string[]; optional: readonly string[] }>> = {
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
 * Compiles MJML layouts strictly, with everything they include. Returns the HTML of each layout with its placeholders,
 * or '' where there were problems. `mj-include` paths are relative to the including file and must stay inside
 * `emailsDir`.
 */
export async function compileLayouts(emailsDir: string, problems: Problem[]): Promise<Record<LayoutName, string>> {
  const names = Object.keys(PLACEHOLDERS) as LayoutName[]
  const sources: (MjmlSource & { readonly name: LayoutName })[] = []
  for (const name of names) {
    const source = await readLayout(emailsDir, name, problems)
    if (source !== null) sources.push({ ...source, name })
  }
  const compiled = await compileWithCache(
    sources.map(({ path, text }) => ({ path, text })),
    emailsDir,
  )
  const layouts = Object.fromEntries(names.map((name) => [name, ''])) as Record<LayoutName, string>
  for (const [index, { name, path }] of sources.entries())
    layouts[name] = htmlOf(path, compiled[index] as CompiledMjml, problems)
  return layouts
}

/** Returns null if the layout has problems. */
async function readLayout(emailsDir: string, name: LayoutName, problems: Problem[]): Promise<MjmlSource | null> {
  const path = join(emailsDir, `${name}.mjml`)
  const found: Problem[] = []
  const sources = await readWithIncludes(emailsDir, path, found)
  for (const source of sources) if (source.file.endsWith('.mjml')) checkTags(source, found)
  checkLayoutPlaceholders(name, displayPath(path), sources, found)
  problems.push(...found)
  return found.length > 0 ? null : { path, text: sources[0]?.text ?? '' }
}

/**
 * Resolves includes here, because MJML renders a missing or forbidden include as an HTML comment, even in strict mode.
 */
async function readWithIncludes(
  emailsDir: string,
  path: string,
  problems: Problem[],
  seen: string[] = [],
): Promise<Source[]> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) {
    problems.push({ file: displayPath(path), what: 'This layout is missing.', fix: 'Create the file.' })
    return []
  }
  const sources: Source[] = [{ file: displayPath(path), text: withoutComments(text) }]
  if (!path.endsWith('.mjml')) return sources
  for (const match of withoutComments(text).matchAll(/<mj-include\b[^>]*?\bpath="([^"]*)"/g)) {
    const target = join(dirname(path), match[1] ?? '')
    const place = { file: displayPath(path), line: lineAt(text, match.index) }
    if (relative(emailsDir, target).startsWith('..')) {
      problems.push({
        ...place,
        what: `"${match[1]}" is outside emails/.`,
        fix: 'Move the partial into emails/partials/.',
      })
    } else if (seen.includes(target)) {
      problems.push({ ...place, what: `"${match[1]}" includes itself.`, fix: 'Remove one of the includes.' })
    } else if ((await readFile(target).catch(() => null)) === null) {
      problems.push({
        ...place,
        what: `There is no file "${match[1]}" to include.`,
        fix: 'Correct the path, or create the file.',
      })
    } else {
      sources.push(...(await readWithIncludes(emailsDir, target, problems, [...seen, path])))
    }
  }
  return sources
}

/**
 * Checks tags here, because MJML's parser silently closes forgotten tags and drops text where only tags are allowed.
 */
function checkTags({ file, text }: Source, problems: Problem[]): void {
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
        last === undefined ? `</${tag}> has no opening tag.` : `</${tag}> closes <${last.tag}> of line ${last.line}.`
      problems.push({ file, line, what, fix: 'Close tags in the order in which they were opened.' })
      return
    }
  }
  for (const { tag, line } of open) {
    problems.push({ file, line, what: `<${tag}> is never closed.`, fix: `Add </${tag}>.` })
  }
}

function checkLayoutPlaceholders(
  name: LayoutName,
  file: string,
  sources: readonly Source[],
  problems: Problem[],
): void {
  const { required, optional } = PLACEHOLDERS[name]
  const found = new Set<string>()
  for (const source of sources) {
    for (const match of source.text.matchAll(/\{\{([^{}]*)\}\}/g)) {
      const placeholder = match[1] ?? ''
      found.add(placeholder)
      if (required.includes(placeholder) || optional.includes(placeholder)) continue
      const line = lineAt(source.text, match.index)
      const fix = `Use one of: ${[...required, ...optional].join(', ')}.`
      problems.push({ file: source.file, line, what: `{{${placeholder}}} is not a placeholder of ${file}.`, fix })
    }
  }
  for (const placeholder of required) {
    if (sources.length > 0 && !found.has(placeholder)) {
      problems.push({
        file,
        what: `The placeholder {{${placeholder}}} is missing.`,
        fix: 'Every email needs it. Add it to the layout.',
      })
    }
  }
}

function htmlOf(path: string, compiled: CompiledMjml, problems: Problem[]): string {
  if ('html' in compiled) return withMain(compiled.html.replace(/^[ \t]+/gm, '').replace(/\n{2,}/g, '\n'))
  problems.push(...mjmlProblems(displayPath(path), compiled))
  return ''
}

/** MJML has no landmark for the content, which screen readers jump to where an email is opened as a document of its own. */
function withMain(html: string): string {
  return html.replace(/(<body\b[^>]*>)([\s\S]*)(<\/body>)/, '$1<div role="main">$2</div>$3')
}

function mjmlProblems(file: string, { message, errors }: Exclude<CompiledMjml, { html: string }>): Problem[] {
  if (errors === null) {
    const fix = 'Look for a missing quotation mark or angle bracket.'
    return [{ file, what: `MJML cannot read this: ${message}`, fix }]
  }
  return errors.map((entry) => {
    const source = /^Line \d+ of (.*?\.(?:mjml|css|html))/.exec(entry.formattedMessage)?.[1]
    return {
      file: source === undefined ? file : displayPath(source),
      line: entry.line,
      what: `<${entry.tagName}>: ${entry.message.trim()}.`,
      fix: 'See the list of tags and attributes at documentation.mjml.io.',
    }
  })
}

/** Blanks out comments and keeps the line numbers. */
function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '))
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
