// Finds sentences and keys of messages in source files, by their syntax trees.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'
import { root } from './node-version.mjs'

/** Stands for an expression inside a template. */
const GAP = '\uE000'
const LETTERS = /\p{L}{2,}/u
/** Attributes whose value a reader sees or hears. */
const SPOKEN = /\s(?:aria-label|title|placeholder|alt)="([^"]*)"/g
/** An attribute with its value, or one for a script; templates may hold attributes without their tag. */
const ATTRIBUTE = /(?<![\w-])(?:[a-z][a-z-]*="[^"]*"|data-[a-z-]+(?!\S))/g
/** A capital, and at least one more word: what headers, codes and class names never look like. */
const SENTENCE = /^\p{Lu}[\p{L}'’]*[ ,:](?:.*\s)?[^A-Z\s]*\p{Ll}/su
/** Calls whose words are for operators or programs. */
const INTERNAL_CALLS = /^(?:log|ports\.log|site\.ports\.log|console)\.|^(?:Range|Type)?Error$/
/** Codes of errors that no reader sees. */
const INTERNAL_CODES = ['misconfigured', 'busy']

/** A function that says whether a key is named in one of the files, in full or as a template. */
export function usedKeys(files) {
  const names = new Set()
  const patterns = []
  for (const file of files) {
    if (!file.endsWith('.ts')) continue
    walk(treeOf(file, readFileSync(join(root, file), 'utf8')), [], (node, above) => {
      if (node.type === 'StringLiteral') names.add(node.value)
      // A type such as `emails.${string}` names no message.
      if (node.type !== 'TemplateLiteral' || above.at(-1)?.type === 'TsLiteralType') return
      const text = quasisOf(node).join(GAP)
      if (!/^[a-z-]+\.[\w.\uE000-]*$/.test(text) || !text.includes(GAP)) return
      patterns.push(new RegExp(`^${text.replaceAll('.', '\\.').replaceAll(GAP, '[a-z0-9.-]+')}$`))
    })
  }
  return (key) => names.has(key) || patterns.some((pattern) => pattern.test(key))
}

/** Every sentence for readers that is written in this file, with its line. */
export function literalSentences(file, text) {
  if (file.endsWith('.mjml')) return inMarkup(text, 1)
  const isView = file.startsWith('src/web/')
  const found = []
  const lineAt = lineFinder(text)
  walk(treeOf(file, text), [], (node, above) => {
    if (isInternal(above)) return
    if (node.type === 'TaggedTemplateExpression' && node.tag.value === 'html' && isView) {
      const parts = quasisOf(node.template)
      found.push(...inMarkup(parts.join(GAP), lineAt(node.span.start)))
      return
    }
    const value = literalOf(node, above)
    if (value === null || !SENTENCE.test(value)) return
    if (isView || isReaderError(above)) found.push({ line: lineAt(node.span.start), text: shorten(value) })
  })
  return found
}

function literalOf(node, above) {
  if (node.type === 'StringLiteral') {
    const parent = above.at(-1)
    return parent?.type === 'ImportDeclaration' || parent?.type === 'TsLiteralType' ? null : node.value
  }
  if (node.type !== 'TemplateLiteral' || above.at(-1)?.type === 'TaggedTemplateExpression') return null
  return quasisOf(node).join(GAP)
}

function isInternal(above) {
  return above.some((node) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      if (INTERNAL_CALLS.test(nameOf(node.callee))) return true
      return isAppError(node) && INTERNAL_CODES.includes(codeOf(node))
    }
    return false
  })
}

function isReaderError(above) {
  return above.some((node) => isAppError(node))
}

function isAppError(node) {
  return node.type === 'NewExpression' && nameOf(node.callee) === 'AppError'
}

function codeOf(node) {
  const first = node.arguments?.[0]?.expression
  return first?.type === 'StringLiteral' ? first.value : null
}

function nameOf(node) {
  if (node.type === 'Identifier') return node.value
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${nameOf(node.property)}` : ''
}

/** The texts between tags, and the attributes that readers see or hear. */
function inMarkup(text, firstLine) {
  const found = []
  const add = (piece, index) => {
    for (const spoken of piece.matchAll(SPOKEN)) add(spoken[1], index)
    const words = piece
      .replaceAll(ATTRIBUTE, ' ')
      .replaceAll(/\{\{[^{}]*\}\}|&#?\w+;/g, ' ')
      .replaceAll(GAP, ' ')
      .trim()
    if (!LETTERS.test(words)) return
    const line = firstLine + text.slice(0, index).split('\n').length - 1
    found.push({ line, text: shorten(words) })
  }
  const silent = text.replaceAll(/<!--[\s\S]*?-->|<(style|script)\b[\s\S]*?<\/\1>/g, (all) =>
    all.replaceAll(/[^\n]/g, ' '),
  )
  // An expression in a tag may hold a ">", but it is a gap here.
  let end = 0
  for (const tag of silent.matchAll(/<[!/a-z][^>]*>/gi)) {
    add(silent.slice(end, tag.index), end)
    for (const spoken of tag[0].matchAll(SPOKEN)) add(spoken[1], tag.index)
    end = tag.index + tag[0].length
  }
  add(silent.slice(end), end)
  return found
}

function shorten(text) {
  const line = text.replaceAll(GAP, '…').replaceAll(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

function quasisOf(template) {
  return template.quasis.map(({ cooked, raw }) => cooked ?? raw)
}

function treeOf(file, text) {
  return parseSync(text, { syntax: file.endsWith('.ts') ? 'typescript' : 'ecmascript', target: 'es2024' })
}

/** swc counts bytes from 1. */
function lineFinder(text) {
  const bytes = Buffer.from(text)
  return (position) =>
    bytes
      .subarray(0, position - 1)
      .toString('utf8')
      .split('\n').length
}

function walk(node, above, visit) {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const one of node) walk(one, above, visit)
    return
  }
  const isNode = typeof node.type === 'string'
  if (isNode) visit(node, above)
  const next = isNode ? [...above, node] : above
  for (const value of Object.values(node)) walk(value, next, visit)
}
