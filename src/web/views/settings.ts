import { paths } from '../../core/paths.ts'
import type { PageView } from '../../flow/views.ts'
import type { Site } from '../site.ts'
import { sayNext } from './days.ts'
import { hourOptions } from './hours.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'
import { fault, marks } from './sign-up-form.ts'
import { timeZoneOptions } from './time-zones.ts'

export interface SettingsForm {
  readonly typed: { readonly timeZone: string; readonly hour: string }
  readonly faults: Readonly<Record<string, string>>
  readonly saved: boolean
}

/** The hour and the time zone of what is still to come. */
export function settingsPage(site: Site, view: PageView['view'], token: string, form: SettingsForm): Page {
  const { typed, faults, saved } = form
  return page({
    title: 'Hour and time zone',
    course: view.course,
    discreet: view.discreet,
    main: html`<form class="card form narrow" method="post" action="${paths.settings(token)}">
<h1>Hour and time zone</h1>
<p role="status" class="${saved ? 'notice' : 'away'}">${saved && 'Changed.'} ${sayNext(view.week, site.ports.clock.now())}</p>
<div class="field">
<label for="hour">When should a lesson come?</label>
${fault('hour', faults)}
<select id="hour" name="hour"${marks('hour', faults)}>${hourOptions(typed.hour)}</select>
</div>
<div class="field">
<label for="timeZone">Your time zone</label>
${fault('timeZone', faults)}
<select id="timeZone" name="timeZone"${marks('timeZone', faults)}>${timeZoneOptions(typed.timeZone)}</select>
</div>
<p><button class="main-button" type="submit">Keep this</button> <a class="other-button" href="${paths.lesson(token)}">Back</a></p>
<p class="quiet">It holds for the lessons still to come, one a day as before.</p>
</form>`,
  })
}
