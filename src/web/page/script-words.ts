import { type Html, html } from './html.ts'

/** Sentences for a script of the page, as an attribute that the script reads with `JSON.parse`. */
export function scriptWords(sentences: Readonly<Record<string, string | readonly string[]>>): Html {
  return html` data-words="${JSON.stringify(sentences)}"`
}
