import type { Problem } from '../errors.ts'
import { NO_PICTURES, pictureLines } from '../text/find-links.ts'
import { type FrontMatter, splitFrontMatter } from '../text/front-matter.ts'
import { createMarkdownParser } from '../text/markdown-parser.ts'
import { at, plain } from '../text/read-text.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'
import { HELP_KINDS, type HelpKind } from './help-numbers.ts'
import type { SourceFile } from './parse/parse-lesson.ts'

/** A care page: help, a route's page, grounding or privacy. */
export interface CarePage {
  /** File name without `.md`. */
  readonly name: string
  readonly file: string
  readonly title: string
  /** The help numbers to show after `lead`, in this order; may be empty. */
  readonly numbers: readonly HelpKind[]
  /** Markdown: the first paragraph, and the rest. */
  readonly lead: string
  readonly rest: string
  /** The care pages it links to, with the line in the file. */
  readonly links: readonly PageLink[]
}

export interface PageLink {
  readonly page: string
  readonly line: number
}

const SCHEME = 'page:'
const parser = createMarkdownParser()

/** Parses a care page. Null if it cannot be parsed at all; problems are appended to `problems`. */
export function parseCarePage(source: SourceFile, problems: Problem[]): CarePage | null {
  return readPage(source, problems, (reader, parts) => {
    const keys = reader.keys(['title'], ['numbers'])
    const [lead, rest] = splitLead(parts.body)
    return {
      name: nameOf(source.file),
      file: source.file,
      title: plain(at(keys, 'title')),
      numbers:
        keys
          .get('numbers')
          ?.list()
          .map((item) => item.oneOf(HELP_KINDS)) ?? [],
      lead,
      rest,
      links: pageLinks(parts.body, parts.bodyLine),
    }
  })
}

/** Parses strict front matter with `read` and a non-empty body; null and problems otherwise. */
export function readPage<T>(
  source: SourceFile,
  problems: Problem[],
  read: (reader: YamlReader, parts: FrontMatter) => T,
): T | null {
  const parts = splitFrontMatter(source.file, source.text)
  if ('what' in parts) {
    problems.push(parts)
    return null
  }
  if (parts.body.trim() === '') {
    const fix = 'Write it below the front matter.'
    problems.push({ file: source.file, line: parts.bodyLine, what: 'The page has no text.', fix })
  }
  for (const line of pictureLines(parts.body)) {
    problems.push({
      file: source.file,
      line: parts.bodyLine + line,
      what: 'There is a picture in the text.',
      fix: NO_PICTURES,
    })
  }
  const reader = readYaml(source.file, parts.yaml, parts.linesBefore)
  const result = reader.problems.length > 0 ? null : read(reader, parts)
  problems.push(...reader.problems)
  return result
}

/** The links `[text](page:name)` in Markdown; `line` is the file's line of the first line of the text. */
export function pageLinks(markdown: string, line: number): PageLink[] {
  return parser.parse(markdown, {}).flatMap((block) =>
    (block.children ?? []).flatMap((token) => {
      const target = String(token.attrGet('href') ?? '')
      if (!target.startsWith(SCHEME)) return []
      return [{ page: target.slice(SCHEME.length), line: line + (block.map?.[0] ?? 0) }]
    }),
  )
}

/** Markdown with the links to care pages replaced by `addressOf(name)`. */
export function withPageLinks(markdown: string, addressOf: (page: string) => string): string {
  return markdown.replace(/\]\(page:([a-z0-9-]+)\)/g, (_match, page: string) => `](${addressOf(page)})`)
}

/** `lessons/x/pages/help.md` is `help`. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '')
}

function splitLead(body: string): [string, string] {
  const text = body.trim()
  const end = text.search(/\n[ \t]*\n/)
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end).trim()]
}
