import type { Problem } from '../errors.ts'
import { NO_PICTURES, pictureLines } from '../text/find-links.ts'
import { type FrontMatter, splitFrontMatter } from '../text/front-matter.ts'
import { createMarkdownParser } from '../text/markdown-parser.ts'
import { at, plain } from '../text/read-text.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'
import { HELP_KINDS, type HelpKind } from './help-numbers.ts'
import type { SourceFile } from './parse/parse-lesson.ts'

/** A page of care: help, the pages of routes, grounding, privacy. */
export interface CarePage {
  /** The file's name without `.md`. */
  readonly name: string
  readonly file: string
  readonly title: string
  /** The help numbers to show after `lead`, in this order; none where empty. */
  readonly numbers: readonly HelpKind[]
  /** Markdown: the first paragraph, and what follows it. */
  readonly lead: string
  readonly rest: string
  /** Names of the care pages it links to, with the file's line. */
  readonly links: readonly PageLink[]
}

export interface PageLink {
  readonly page: string
  readonly line: number
}

const SCHEME = 'page:'
const parser = createMarkdownParser()

/** Reads a care page. Null when it could not be read at all; problems are added to `problems`. */
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

/** Front matter strictly read by `read`, and a body that is not empty; otherwise null and problems. */
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

/** The links `[text](page:name)` of a Markdown text; `line` is the line its first one stands on. */
export function pageLinks(markdown: string, line: number): PageLink[] {
  return parser.parse(markdown, {}).flatMap((block) =>
    (block.children ?? []).flatMap((token) => {
      const target = String(token.attrGet('href') ?? '')
      if (!target.startsWith(SCHEME)) return []
      return [{ page: target.slice(SCHEME.length), line: line + (block.map?.[0] ?? 0) }]
    }),
  )
}

/** Markdown whose links to care pages go to the addresses that `addressOf` gives. */
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
