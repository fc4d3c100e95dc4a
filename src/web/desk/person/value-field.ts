import { formatDate, formatHour, formatTime, formatWeekday } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { isSettingAct, type PersonAct, type SettingAct } from '../../../core/desk/person-acts.ts'
import { PACES, paceNamed } from '../../../core/pace.ts'
import type { PersonCourse } from '../../../flow/desk/view-person.ts'
import { type Html, html, on } from '../../page/html.ts'
import { hourOptions } from '../../sign-up/hour-options.ts'
import { timeZoneOptions } from '../../sign-up/time-zone-options.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instantThere, on24Hours } from '../instant.ts'

type ActWithValue = SettingAct | 'pause-course' | 'move-lesson'

/** Asks for what an act sets; null for acts that set nothing. `id` tells the fields of a page apart. */
export function valueField(words: DeskWords, id: string, act: PersonAct, course: PersonCourse): Html | null {
  if (!(act in CONTROLS)) return null
  const withValue = act as ActWithValue
  return html`<div class="field"><label for="${id}-value">${words.say(`desk.person.value.${withValue}`)}</label>
${CONTROLS[withValue](words, `${id}-value`, course)}</div>`
}

type Control = (words: DeskWords, id: string, course: PersonCourse) => Html

const CONTROLS: Readonly<Record<ActWithValue, Control>> = {
  'pause-course': (_, id, { pauseDates: { first, last, proposed } }) =>
    html`<input id="${id}" name="value" type="date" required min="${first}" max="${last}" value="${proposed}">`,
  'change-hour': (words, id, { enrolment }) => select(id, hourOptions(on24Hours(words), String(enrolment.hour))),
  'change-zone': (words, id, { enrolment }) => select(id, timeZoneOptions(words, enrolment.timeZone)),
  'change-pace': (words, id, { enrolment }) =>
    select(
      id,
      PACES.map(
        (pace) =>
          html`<option value="${pace}"${on('selected', pace === enrolment.pace)}>${words.say(`desk.paces.${pace}`)}</option>`,
      ),
    ),
  'move-lesson': (words, id, { enrolment, earlierDays }) =>
    select(
      id,
      earlierDays.map(
        ({ date, at }) =>
          html`<option value="${date}">${formatWeekday(words, at, enrolment.timeZone)}, ${formatDate(words, at, enrolment.timeZone)}, ${formatTime(on24Hours(words), at, enrolment.timeZone)}</option>`,
      ),
    ),
}

function select(id: string, options: readonly Html[]): Html {
  return html`<select id="${id}" name="value" required>${options}</select>`
}

/** One click that undoes what was changed last; null if nothing can be undone. */
export function formerValueForm(
  words: DeskWords,
  learnerId: number,
  act: PersonAct,
  { enrolment, former }: PersonCourse,
): Html | null {
  const value = isSettingAct(act)
    ? former.settings[act]
    : act === 'move-lesson' && former.lessonAt !== null
      ? ''
      : undefined
  if (value === undefined) return null
  const shown =
    act === 'move-lesson' ? instantThere(words, former.lessonAt ?? 0, enrolment.timeZone) : inWords(words, act, value)
  return html`<form method="post" action="${deskPaths.act(learnerId)}">
<input type="hidden" name="enrolment" value="${enrolment.id}"><input type="hidden" name="value" value="${value}"><input type="hidden" name="reason" value="mistake">
<p><button class="button button-secondary" type="submit" name="act" value="${act}">${words.say('desk.person.back-to')} ${shown}</button></p>
</form>`
}

function inWords(words: DeskWords, act: PersonAct, value: string): string {
  if (act === 'change-hour') return formatHour(on24Hours(words), Number(value))
  const pace = act === 'change-pace' ? paceNamed(value) : null
  return pace === null ? value : words.say(`desk.paces.${pace}`)
}
