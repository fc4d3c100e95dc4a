import type { Words } from '../../core/words.ts'
import { html } from '../page/html.ts'
import type { SiteHealth } from '../page/site.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'

type Checks = Awaited<ReturnType<SiteHealth['ready']>>['checks']

export function todayPage(words: Words, checks: Checks): DeskPage {
  return {
    title: words.say('desk.today.title'),
    main: html`<h1>${words.say('desk.today.title')}</h1>
${deskTable(
  words.say('desk.today.checks'),
  [words.say('desk.today.column.what'), words.say('desk.today.column.state'), words.say('desk.today.column.say')],
  Object.entries(checks).map(([name, { ok, say }]) => [
    name,
    html`<span class="badge${!ok && ' badge-attention'}">${words.say(ok ? 'desk.today.fine' : 'desk.today.look')}</span>`,
    say,
  ]),
)}`,
  }
}
