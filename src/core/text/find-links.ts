import { createMarkdownParser } from './markdown-parser.ts'

const parser = createMarkdownParser()

/**
 * The lines (0-based within the text) that have a link for a reader of the email: Markdown links, and bare addresses,
 * which email clients turn into links.
 */
export function linkLines(markdown: string): number[] {
  const found: number[] = []
  for (const block of parser.parse(markdown, {})) {
    if (block.type !== 'inline') continue
    let line = block.map?.[0] ?? 0
    let depth = 0
    for (const token of block.children ?? []) {
      if (token.type === 'softbreak' || token.type === 'hardbreak') line += 1
      if (token.type === 'link_open') found.push(line)
      depth += token.nesting * (token.type.startsWith('link_') ? 1 : 0)
      if (token.type === 'text' && depth === 0) {
        for (const _ of token.content.matchAll(/\bhttps?:\/\/\S/g)) found.push(line)
      }
    }
  }
  return found
}

/** Where Markdown links lead: the addresses of links, and bare addresses in the text. */
export function linkTargets(markdown: string): string[] {
  return parser.parse(markdown, {}).flatMap((block) =>
    (block.children ?? []).flatMap((token) => {
      if (token.type === 'link_open') return [String(token.attrGet('href') ?? '')]
      return token.type === 'text'
        ? [...token.content.matchAll(/\b(?:https?:\/\/|www\.)\S+/gi)].map(([bare]) => bare)
        : []
    }),
  )
}

export const NO_PICTURES = 'Remove it: emails and pages load nothing from elsewhere, so that nobody learns who reads.'

/** The lines (0-based within the text) that have a picture, in Markdown or as an HTML tag. */
export function pictureLines(markdown: string): number[] {
  if (!/!\[|<(?:img|picture|svg|video)\b/i.test(markdown)) return []
  const found: number[] = []
  for (const block of parser.parse(markdown, {})) {
    if (block.type !== 'inline') continue
    let line = block.map?.[0] ?? 0
    for (const token of block.children ?? []) {
      if (token.type === 'softbreak' || token.type === 'hardbreak') line += 1
      if (token.type === 'image') found.push(line)
      if (token.type === 'text' && /<(?:img|picture|svg|video)\b/i.test(token.content)) found.push(line)
    }
  }
  return found
}
