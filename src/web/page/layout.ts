import type { NavigationLinks } from '../../core/course/public-pages.ts'
import { directionOf } from '../../core/language/languages.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { Assets } from './assets.ts'
import { type Html, html, raw } from './html.ts'
import { leaveWords } from './leave-words.ts'
import type { Page } from './page.ts'
import { exitNote, exitSite } from './quick-exit-site.ts'

/** What a document needs besides its content. */
export interface LayoutContext {
  readonly words: Words
  readonly assets: Assets
  readonly ways: NavigationLinks
  /** Whether the page has the button that leaves the site at once. */
  readonly quickExit: boolean
}

/** A whole document: head, quick exit, content and footer. */
export function layout(page: Page, { words, assets, ways, quickExit }: LayoutContext): Html {
  const brand = page.discreet ? (page.course?.discreet.title ?? '') : (page.course?.title ?? '')
  const title = titleOf(page, brand)
  const language = page.course?.language ?? words.locale
  return html`${raw('<!doctype html>')}
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<title>${page.isError ? words.say('page.title-error', { title }) : title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
${linkPreviewTags(page)}<link rel="preload" href="${assets.url('lesson-serif-latin.woff2')}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${assets.url('site.css')}">
<script src="${assets.url('leave.js')}" defer></script>
${page.scripts.map((script) => html`<script src="${assets.url(script)}" defer></script>\n`)}</head>
<body>
<header>
${
  quickExit &&
  html`<form method="post" action="${paths.leave()}"><button class="skip" data-leave>${words.say('page.leave.skip')}</button></form>
`
}<a class="skip" href="#main">${words.say('page.skip')}</a>
<div class="top">${brandMark(words, page, brand)}${quickExit && leaveButton(words)}</div>
${
  quickExit &&
  html`<p class="away" id="leave-note">${exitNote(words)}</p>
<p class="away" role="status" id="leave-count"${leaveWords(words)}></p>
`
}</header>
<main id="main" tabindex="-1">
${page.main}
</main>
<footer class="foot">
<ul>
${navigationItems(words, page, ways)}${page.footerLinks.map((link) => html`<li><a href="${link.href}">${link.label}</a></li>\n`)}<li><a href="${paths.privacy()}">${words.say('page.footer.privacy')}</a></li>
</ul>
</footer>
</body>
</html>
`
}

function leaveButton(words: Words): Html {
  return html`
<form method="post" action="${paths.leave()}"><button class="leave" data-leave data-exit="${exitSite.url}" data-session="${paths.endSession()}" aria-describedby="leave-note">${words.say('page.leave.button')}</button></form>`
}

/** Help comes first. Only pages that name their course link to what the course is. */
function navigationItems(
  words: Words,
  { course, libraryForm }: Page,
  { help, library, disclaimer }: NavigationLinks,
): readonly Html[] {
  const link = (href: string, label: string) => html`<li><a href="${href}">${label}</a></li>\n`
  return [
    ...(help === null ? [] : [link(help, words.say('page.footer.help'))]),
    ...(library === null || course === null
      ? []
      : [libraryForm === null ? link(library, words.say('page.footer.library')) : openLibrary(words, libraryForm)]),
    ...(disclaimer === null || course === null ? [] : [link(disclaimer, words.say('page.footer.what-this-is'))]),
  ]
}

/** A form, because opening the library from here leaves a cookie. */
function openLibrary(words: Words, action: string): Html {
  return html`<li><form method="post" action="${action}" data-after-save><button class="text-button" type="submit">${words.say('page.footer.library')}</button></form></li>\n`
}

function titleOf(page: Page, brand: string): string {
  if (page.discreet && brand !== '') return brand
  if (brand === '' || brand === page.title) return page.title
  return `${page.title} · ${brand}`
}

/** The way home. A page with a discreet title has none, because the start page says what the course is about. */
function brandMark(words: Words, { course, discreet }: Page, brand: string): Html {
  const plainMark = html`<span class="mark mark-plain" aria-hidden="true"></span>`
  if (course === null) {
    const house = html`<svg class="mark mark-plain" viewBox="0 0 32 32" aria-hidden="true"><path d="m8 16 8-7 8 7m-13.5-2v9h11v-9"/></svg>`
    return html`<a class="brand" href="${paths.home()}">${house}<span>${words.say('page.home')}</span></a>`
  }
  if (discreet) return html`<span class="brand">${plainMark}<span>${brand}</span></span>`
  return html`<a class="brand" href="${paths.course(course.name)}" data-after-save><span class="mark" aria-hidden="true">${course.mark}</span><span>${brand}</span></a>`
}

/** What a messenger shows of a link to this page (ogp.me). */
function linkPreviewTags({ linkPreview }: Page): Html | null {
  if (linkPreview === null) return null
  const { title, description, url } = linkPreview
  return html`<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${url}">
`
}
