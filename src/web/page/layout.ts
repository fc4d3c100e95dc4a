import type { NavigationLinks } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { Assets } from './assets.ts'
import { type Html, html, raw } from './html.ts'
import { leaveWords } from './leave-words.ts'
import type { Page } from './page.ts'
import { exitSite } from './quick-exit-site.ts'

const EXIT_NOTE = 'It does not erase your browser history or your mailbox.'

/** A whole document: head, quick exit, content and footer. */
export function layout(words: Words, page: Page, assets: Assets, ways: NavigationLinks): Html {
  const brand = page.discreet ? (page.course?.discreet.title ?? '') : (page.course?.title ?? '')
  const title = titleOf(page, brand)
  return html`${raw('<!doctype html>')}
<html lang="${page.course?.language ?? 'en'}">
<head>
<meta charset="utf-8">
<title>${page.isError ? 'Error: ' : ''}${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.url('site.css')}">
<script src="${assets.url('leave.js')}" defer></script>
${page.scripts.map((script) => html`<script src="${assets.url(script)}" defer></script>\n`)}</head>
<body>
<header>
<form method="post" action="${paths.leave()}"><button class="skip" data-leave>Leave this site quickly</button></form>
<a class="skip" href="#main">Skip to the page</a>
<div class="top">${brandMark(page, brand)}</div>
<form method="post" action="${paths.leave()}"><button class="leave" data-leave data-exit="${exitSite.url}" data-session="${paths.endSession()}" aria-describedby="leave-note">Leave quickly</button></form>
<p class="leave-note" id="leave-note">Leave quickly, or press Shift three times, to open ${exitSite.name}. ${EXIT_NOTE}</p>
<p class="away" role="status" id="leave-count"${leaveWords(words)}></p>
</header>
<main id="main" tabindex="-1">
${page.main}
</main>
<footer class="foot">
<ul>
${navigationItems(page, ways)}${page.footerLinks.map((link) => html`<li><a href="${link.href}">${link.label}</a></li>\n`)}<li><a href="${paths.privacy()}">Privacy</a></li>
</ul>
</footer>
</body>
</html>
`
}

/** Help comes first. Only pages that name their course link to what the course is. */
function navigationItems({ course }: Page, { help, library, disclaimer }: NavigationLinks): readonly Html[] {
  const link = (href: string, label: string) => html`<li><a href="${href}">${label}</a></li>\n`
  return [
    ...(help === null ? [] : [link(help, 'Help')]),
    ...(library === null || course === null ? [] : [link(library, 'Library')]),
    ...(disclaimer === null || course === null ? [] : [link(disclaimer, 'What this is')]),
  ]
}

function titleOf(page: Page, brand: string): string {
  if (page.discreet && brand !== '') return brand
  if (brand === '' || brand === page.title) return page.title
  return `${page.title} · ${brand}`
}

function brandMark(page: Page, brand: string): Html {
  if (brand === '') return html`<span class="brand"><span class="mark mark-plain" aria-hidden="true"></span></span>`
  const mark = page.discreet
    ? html`<span class="mark mark-plain" aria-hidden="true"></span>`
    : html`<span class="mark" aria-hidden="true">${page.course?.mark ?? ''}</span>`
  return html`<span class="brand">${mark}<span>${brand}</span></span>`
}
