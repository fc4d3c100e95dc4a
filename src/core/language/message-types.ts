import type { Catalogue, Message } from './catalogue.ts'

/** src/core/messages.ts: the type of every message of the source language, with the placeholders it takes. */
export function messageTypes(source: Catalogue): string {
  const lines = [...source.messages].map(([key, message]) => `  '${key}': ${typeOf(message)}`)
  return [
    '/** Every message of locales/en.json, written by "npm run locales -- --write". Null: it has no placeholder. */',
    'export interface Messages {',
    ...lines,
    '}',
    '',
  ].join('\n')
}

function typeOf({ placeholders }: Message): string {
  if (placeholders.size === 0) return 'null'
  const fields = [...placeholders].map(([name, kind]) => `${quoted(name)}: ${kind === 'number' ? 'number' : 'string'}`)
  return `{ ${fields.join('; ')} }`
}

function quoted(name: string): string {
  return /^[a-z][A-Za-z0-9]*$/.test(name) ? name : `'${name}'`
}
