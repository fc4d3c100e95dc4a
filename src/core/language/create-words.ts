import { IntlMessageFormat } from 'intl-messageformat'
import { type MessageKey, type Phrase, phrase, type ValuesOf, type Words } from '../words.ts'
import type { Catalogue } from './catalogue.ts'
import { directionOf } from './languages.ts'

/**
 * The words of a language. `catalogues` are asked in order: a form of address first, then the language. Each message is
 * compiled once, when it is first used. `locale` may name a region, which changes dates and numbers only.
 */
export function createWords(locale: string, catalogues: readonly Catalogue[]): Words {
  const compiled = new Map<string, IntlMessageFormat>()
  const messageFor = (key: MessageKey): IntlMessageFormat => {
    const known = compiled.get(key)
    if (known !== undefined) return known
    const found = catalogues.find(({ messages }) => messages.has(key))?.messages.get(key)
    if (found === undefined) throw new RangeError(`There is no message "${key}".`)
    const message = new IntlMessageFormat(found.text, locale, undefined, { ignoreTag: true })
    compiled.set(key, message)
    return message
  }
  const write = ({ key, values }: Phrase) => String(messageFor(key).format(values))
  return {
    locale,
    direction: directionOf(locale),
    say: <Key extends MessageKey>(key: Key, ...values: ValuesOf<Key>) => write(phrase(key, ...values)),
    of: write,
  }
}
