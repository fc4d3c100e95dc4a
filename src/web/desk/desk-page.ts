import { deskPaths } from '../../core/desk/desk-paths.ts'
import { includesRole } from '../../core/desk/roles.ts'
import { belowBase } from '../page/base-path.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Access, DESK_ACCESS, type DeskRoute } from './desk-access.ts'
import type { DeskVisit } from './desk-visit.ts'

export interface DeskPage {
  readonly title: string
  readonly main: Html
  /** Additional scripts from public/. */
  readonly scripts?: readonly string[]
}

/** The pages that the bar leads to, in order; each is shown to whoever may open it. */
const NAVIGATION = [
  { route: 'get /desk', path: deskPaths.today(), key: 'desk.nav.today' },
  { route: 'get /desk/questions', path: deskPaths.questions(), key: 'desk.nav.questions' },
  { route: 'get /desk/people', path: deskPaths.people(), key: 'desk.nav.people' },
  { route: 'get /desk/deliveries', path: deskPaths.deliveries(), key: 'desk.nav.deliveries' },
  { route: 'get /desk/suppression', path: deskPaths.suppression(), key: 'desk.nav.suppression' },
  { route: 'get /desk/courses', path: deskPaths.courses(), key: 'desk.nav.courses' },
  { route: 'get /desk/audit', path: deskPaths.audit(), key: 'desk.nav.audit' },
  { route: 'get /desk/operators', path: deskPaths.operators(), key: 'desk.nav.operators' },
  { route: 'get /desk/account', path: deskPaths.account(), key: 'desk.nav.account' },
] as const satisfies readonly { readonly route: DeskRoute; readonly path: string; readonly key: string }[]

/** Sends a page of the desk. */
export function sendDeskPage(visit: DeskVisit, status: number, page: DeskPage): void {
  const { publicUrl } = visit.site.settings
  visit.response
    .status(status)
    .type('html')
    .send(belowBase(deskDocument(visit, page).text, publicUrl.path))
}

function deskDocument({ site, words, request, signedIn }: DeskVisit, { title, main, scripts = [] }: DeskPage): Html {
  const { assets } = site
  return html`${raw('<!doctype html>')}
<html lang="${words.locale}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<title>${words.say('desk.title', { title })}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.url('site.css')}">
<link rel="stylesheet" href="${assets.url('desk.css')}">
${scripts.map((script) => html`<script src="${assets.url(script)}" defer></script>\n`)}</head>
<body class="desk">
<header>
<a class="skip" href="#main">${words.say('page.skip')}</a>
<div class="top"><a class="brand" href="${deskPaths.today()}"><span>${words.say('desk.name')}</span></a>
${signedIn !== null && navigation()}</div>
</header>
<main id="main" tabindex="-1">
${main}
</main>
${signedIn !== null && html`<footer class="foot quiet"><p>${words.say('desk.clock', { zone: words.timeZone })} <a href="${deskPaths.account()}#zone">${words.say('desk.clock-change')}</a></p></footer>\n`}</body>
</html>
`

  function navigation(): Html {
    const role = signedIn?.operator.role
    const answersForAny = signedIn !== null && signedIn.answersFor.length > 0
    const shown = NAVIGATION.filter(({ route }) => {
      const access: Access = DESK_ACCESS[route]
      return role !== undefined && includesRole(role, access.role ?? role) && (!access.answers || answersForAny)
    })
    return html`<nav class="desk-nav" aria-label="${words.say('desk.nav.label')}"><ul>
${shown.map(({ path, key }) => html`<li><a href="${path}"${request.path === path && html` aria-current="page"`}>${words.say(key)}</a></li>\n`)}</ul>
<form method="post" action="${deskPaths.signOut()}"><button class="text-button" type="submit">${words.say('desk.nav.sign-out')}</button></form></nav>`
  }
}

/** A page with one sentence, such as an error. */
export function sentencePage(heading: string, sentence: string, more: Html | null = null): DeskPage {
  return {
    title: heading,
    main: html`<div class="card centre">
<h1>${heading}</h1>
<p>${sentence}</p>
${more}</div>`,
  }
}
