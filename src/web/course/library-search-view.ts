import { publicPagePath } from '../../core/course/public-pages.ts'
import { type LibraryHit, MAX_QUERY_LENGTH, type MarkedPart } from '../../core/course/search-library.ts'
import { ownName } from '../../core/language/languages.ts'
import { type Html, html } from '../page/html.ts'
import type { LibraryContext } from './library-context.ts'
import { otherLanguage } from './other-language.ts'

export interface LibrarySearched {
  /** As typed. */
  readonly query: string
  readonly hits: readonly LibraryHit[]
}

/**
 * Sends by POST, so that what is searched for is in no address, and so in no history and no log. The address differs from
 * the library's, or else a link to one of its questions would stay on the page of the results.
 */
export function searchForm({ words, course, discreet }: LibraryContext, searched: LibrarySearched | null): Html {
  return html`<form class="search" role="search" method="post" action="${publicPagePath(course.name, { kind: 'library' }, discreet)}?search" autocomplete="off">
<label for="q">${words.say('course.library.search.label')}</label>
<p class="hint" id="q-hint">${words.say('course.library.search.hint')}</p>
<div class="search-row"><input id="q" name="q" type="search" maxlength="${MAX_QUERY_LENGTH}" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="search" aria-describedby="q-hint" value="${searched?.query ?? ''}"> <button class="button" type="submit">${words.say('course.library.search.button')}</button></div>
</form>`
}

export function searchResults(context: LibraryContext, { query, hits }: LibrarySearched): Html {
  const { words, course, discreet, whole } = context
  if (hits.length === 0) {
    const isEmpty = query.trim() === ''
    return html`<section class="notice" aria-labelledby="found"><h2 id="found">${words.say('course.library.search.nothing')}</h2>
<p>${words.say(isEmpty ? 'course.library.search.empty' : 'course.library.search.none')}</p>
${!whole && !isEmpty && html`<p>${words.say('course.library.search.beginnings')}</p>`}</section>`
  }
  return html`<section aria-labelledby="found"><h2 id="found">${words.say('course.library.search.results', { count: hits.length })}</h2>
<ul class="shelf">${hits.map((hit) => resultView(context, hit))}</ul>
${!whole && html`<p class="quiet">${words.say('course.library.search.beginnings')}</p>`}
<p><a href="${publicPagePath(course.name, { kind: 'library' }, discreet)}">${words.say('course.library.search.all')}</a></p>
</section>`
}

/** One in another language than the page says so, and is read aloud in its own. */
function resultView({ course, discreet }: LibraryContext, { kind, name, title, snippet, language }: LibraryHit): Html {
  const isForeign = language !== null && language !== course.language
  const marks = isForeign ? otherLanguage(course, language) : null
  return html`<li><a href="${publicPagePath(course.name, { kind, name }, discreet)}"${marks}>${title.map(partView)}</a>
${isForeign && html`<span class="quiet"${marks}>${ownName(language)}:</span> `}<span${marks}>${snippet.map(partView)}</span></li>
`
}

function partView({ text, isHit }: MarkedPart): Html {
  return isHit ? html`<mark>${text}</mark>` : html`${text}`
}
