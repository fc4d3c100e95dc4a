import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { everyMessage } from './every-message.ts'

const TOKENS = new URL('../../../src/web/public/styles/00-tokens.css', import.meta.url)

/** The values of the tokens in the light and in the dark. */
async function readTokens(): Promise<Readonly<Record<'light' | 'dark', ReadonlyMap<string, string>>>> {
  const text = await readFile(TOKENS, 'utf8')
  const parts = text.split('@media (prefers-color-scheme: dark)')
  const valuesOf = (part = '') =>
    new Map([...part.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]))
  const light = valuesOf(parts[0])
  return { light, dark: new Map([...light, ...valuesOf(parts[1])]) }
}

test('the emails have the colours and the button of the site, in the light and in the dark', async () => {
  const tokens = await readTokens()
  const colours = (scheme: 'light' | 'dark') =>
    new Set([...tokens[scheme].values()].filter((value) => /^#[0-9a-f]{6}$/.test(value)))
  const { mails, composer } = await everyMessage([])
  const seen = new Set<string>()
  for (const { form, email } of mails) {
    if (form !== 'common' && form !== 'discreet') continue
    const html = composer.show(email)
    const [style = ''] = /<style[\s\S]*<\/style>/.exec(html) ?? []
    const dark = /@media \(prefers-color-scheme: dark\)[\s\S]*/.exec(style)?.[0] ?? ''
    const light = html.replace(dark, '')
    const strange = (text: string, known: ReadonlySet<string>) =>
      [...text.matchAll(/#[0-9a-f]{6}\b/g)].map(([colour]) => colour).filter((colour) => !known.has(colour))
    expect([email.kind, strange(light, colours('light')), strange(dark, colours('dark'))]).toEqual([email.kind, [], []])
    for (const [, radius = ''] of html.matchAll(/border:1px solid #2b6058;border-radius:(\w+)/g)) seen.add(radius)
  }
  const radius = Number.parseFloat(tokens.light.get('radius-m') ?? '') * 16
  expect([...seen]).toEqual([`${radius}px`])
}, 60_000)
