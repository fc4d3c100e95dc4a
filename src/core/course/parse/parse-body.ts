import type { Problem } from '../../errors.ts'
import type { Variant } from '../../model.ts'
import { linkLines, NO_PICTURES, pictureLines } from '../../text/find-links.ts'
import { unknownPlaceholders } from '../../text/placeholders.ts'
import type { ReadContext } from '../../text/read-text.ts'
import type { Block, SourceText } from '../course.ts'
import { blocksFor } from '../variant.ts'

type Names = Pick<ReadContext, 'audiences' | 'tracks' | 'overlays'>

interface OpenBlock {
  readonly kind: 'for' | 'page' | 'after'
  readonly audiences: readonly string[]
  readonly line: number
}

/**
 * Splits a Markdown body into blocks: for some readers (`::: for`), for the page only (`::: page`), below the button
 * (`::: after`). Problems are appended to `problems`; if there are any, do not use the result.
 */
export function parseBody(source: SourceText, names: Names, problems: Problem[]): Block[] {
  const before = problems.length
  const note = (line: number, what: string, fix: string) => problems.push({ file: source.file, line, what, fix })
  const blocks: Block[] = []
  const open: OpenBlock[] = []
  let text: string[] = []
  let textLine = source.line
  let piecesInside = 0

  function flush(nextLine: number): void {
    const first = text.findIndex((line) => line.trim() !== '')
    if (first !== -1) {
      const markdown = text.slice(first).join('\n').trimEnd()
      blocks.push({
        audiences: open.find(({ kind }) => kind === 'for')?.audiences ?? [],
        pageOnly: open.some(({ kind }) => kind === 'page'),
        ...(open.some(({ kind }) => kind === 'after') ? { after: true } : {}),
        text: { markdown, file: source.file, line: textLine + first },
      })
      piecesInside += 1
    }
    text = []
    textLine = nextLine
  }

  for (const [index, content] of source.markdown.split('\n').entries()) {
    const line = source.line + index
    if (!/^\s*:::/.test(content)) {
      text.push(content)
      continue
    }
    flush(line + 1)
    const words = content.trim().slice(3).trim().split(/\s+/).filter(Boolean)
    if (words.length === 0) {
      if (open.length === 0) note(line, 'This ":::" closes no block.', 'Remove it, or open a block above it.')
      else if (piecesInside === 0) note(line, 'The block that ends here is empty.', 'Write its text, or remove it.')
      open.pop()
      continue
    }
    const block = openBlock(words, line, names, note)
    const around = open.at(-1)
    if (around !== undefined && !(around.kind !== 'for' && block.kind === 'for')) {
      note(
        line,
        `This block is inside the one opened on line ${around.line}.`,
        'Close that one with a line ":::" first; only "::: page" and "::: after" may contain "::: for".',
      )
    }
    open.push(block)
    piecesInside = 0
  }
  flush(source.line)
  for (const { line } of open) note(line, 'This block is never closed.', 'Add a line ":::" where it ends.')
  // If blocks are malformed, checks by reader would be misleading.
  const isWhole = problems.length === before
  for (const block of blocks) checkPlaceholders(block.text, note)
  for (const { text } of blocks) {
    for (const line of pictureLines(text.markdown))
      note(text.line + line, 'There is a picture in the text.', NO_PICTURES)
  }
  if (isWhole) checkMail(blocks, source, names, note)
  return blocks
}

type Note = (line: number, what: string, fix: string) => void

function openBlock(words: readonly string[], line: number, { audiences }: Names, note: Note): OpenBlock {
  const [kind, ...rest] = words
  if (kind === 'page' || kind === 'after') {
    if (rest.length > 0) note(line, `"::: ${kind}" takes no names.`, 'Put a "::: for ..." block inside it.')
    return { kind, audiences: [], line }
  }
  if (kind !== 'for') {
    note(line, `There is no block "${kind}".`, 'Use "::: for <names>", "::: page" or "::: after".')
    return { kind: 'page', audiences: [], line }
  }
  const named = rest.map((name) => name.replace(/,$/, ''))
  if (named.length === 0) note(line, '"::: for" has no names.', 'Name tracks or overlays, or common.')
  for (const name of named) {
    if (audiences !== null && !audiences.includes(name)) {
      note(line, `"${name}" is not a track or overlay of this course.`, `Use one of: ${audiences.join(', ')}.`)
    }
  }
  return { kind, audiences: named, line }
}

function checkPlaceholders(text: SourceText, note: Note): void {
  for (const found of unknownPlaceholders(text.markdown)) {
    const line = text.line + text.markdown.slice(0, found.index).split('\n').length - 1
    note(line, `"${found.text}" is not a placeholder.`, 'Use {{name}}, {{, name}} or {{weekday}}.')
  }
}

/** For every reader, the email must have text, and at most one link besides the layout's button. */
function checkMail(blocks: readonly Block[], source: SourceText, names: Names, note: Note): void {
  const readers: Variant[] = [null, ...names.tracks].map((track) => ({ track, overlays: [] }))
  const empty = readers.filter((reader) => blocksFor(blocks, reader, { page: false, after: false }).length === 0)
  if (empty.length === readers.length) note(source.line, 'The email has no text.', 'Write it below the front matter.')
  else {
    for (const { track } of empty) {
      note(source.line, `The email has no text for "${track ?? 'common'}".`, 'Write some for these readers as well.')
    }
  }
  const tooMany = new Set<number>()
  for (const reader of readers) {
    const mail = blocksFor(blocks, { ...reader, overlays: names.overlays }, { page: false })
    const lines = mail.flatMap(({ text }) => linkLines(text.markdown).map((line) => text.line + line))
    for (const line of lines.slice(1)) tooMany.add(line)
  }
  for (const line of tooMany) {
    note(line, 'This is a second link in the email.', 'Keep one, or move this one into a "::: page" block.')
  }
}
