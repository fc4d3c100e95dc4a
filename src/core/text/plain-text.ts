import type { Token } from 'markdown-it'
import { columnsOf, LINE_WIDTH } from './wrap-text.ts'

/** The remaining tokens, in order; each part of the text shifts its own from the front. */
type Queue = Token[]

/** Converts parsed Markdown to plain text. Paragraphs are single lines; wrapLines() breaks them once they are filled in. */
export function toPlainText(tokens: readonly Token[]): string {
  return blocksUntil('', [...tokens])
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')
}

/** The blocks up to the closing token of this type, each as lines. */
function blocksUntil(close: string, queue: Queue): string[][] {
  const blocks: string[][] = []
  for (let token = queue.shift(); token !== undefined && token.type !== close; token = queue.shift()) {
    const lines = block(token, queue)
    if (lines.length > 0) blocks.push(lines)
  }
  return blocks
}

function block(token: Token, queue: Queue): string[] {
  switch (token.type) {
    case 'inline':
      return inlineText(token.children ?? [])
        .split('\n')
        .flatMap((line) => line.replace(/[ \t]+/g, ' ').trim() || [])
    case 'heading_open':
      return heading(token, queue)
    case 'bullet_list_open':
      return list(token, 'bullet_list_close', queue)
    case 'ordered_list_open':
      return list(token, 'ordered_list_close', queue)
    case 'blockquote_open':
      return withBlanks(blocksUntil('blockquote_close', queue)).map((line) => `> ${line}`)
    case 'fence':
    case 'code_block':
      return token.content.trimEnd().split('\n')
    case 'hr':
      return ['* * *']
    default:
      return []
  }
}

function heading(token: Token, queue: Queue): string[] {
  const lines = blocksUntil('heading_close', queue).flat()
  const mark = { h1: '=', h2: '-' }[token.tag]
  return mark === undefined
    ? lines
    : [...lines, mark.repeat(Math.min(LINE_WIDTH, Math.max(0, ...lines.map(columnsOf))))]
}

function list(token: Token, close: string, queue: Queue): string[] {
  const items: string[][] = []
  let number = Number(token.attrGet('start') ?? 1)
  let isLoose = false
  for (let next = queue.shift(); next !== undefined && next.type !== close; next = queue.shift()) {
    const mark = token.type === 'ordered_list_open' ? `${number}. ` : '- '
    // The parser hides the paragraphs of tight lists.
    const itemIsLoose = queue[0]?.type === 'paragraph_open' && !queue[0].hidden
    const blocks = blocksUntil('list_item_close', queue)
    const lines = itemIsLoose ? withBlanks(blocks) : blocks.flat()
    items.push(lines.map((line, index) => (index === 0 ? mark : ' '.repeat(mark.length)) + line))
    isLoose ||= itemIsLoose
    number += 1
  }
  return isLoose ? withBlanks(items) : items.flat()
}

function withBlanks(blocks: readonly string[][]): string[] {
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

/** A link becomes its text and the address in brackets, or only the address if the text is the same. */
function inlineText(tokens: readonly Token[]): string {
  let text = ''
  const links: { address: string; from: number }[] = []
  for (const token of tokens) {
    if (token.type === 'softbreak') text += ' '
    else if (token.type === 'hardbreak') text += '\n'
    else if (token.type === 'link_open') links.push({ address: addressOf(token), from: text.length })
    else if (token.type === 'link_close') {
      const link = links.pop()
      if (link && text.slice(link.from) !== link.address) text += ` (${link.address})`
    } else text += token.content
  }
  return text
}

function addressOf(token: Token): string {
  return String(token.attrGet('href') ?? '').replace(/^mailto:/, '')
}
