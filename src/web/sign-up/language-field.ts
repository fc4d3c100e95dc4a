import type { Course } from '../../core/course/course.ts'
import { type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'

/** Asks for the language of a course that exists in several, each in its own name; null for any other course. */
export function languageField(
  { language, languages = [] }: Course,
  chosen: string | null,
  faults: FieldErrors,
): Html | null {
  if (languages.length < 2) return null
  return html`<div class="field">
<label for="language">Language</label>
${fieldError('language', faults)}
<select id="language" name="language"${invalidAttributes('language', faults)}>${languages.map(
    (one) =>
      html`<option value="${one}" lang="${one}"${on('selected', one === (chosen || language))}>${ownName(one)}</option>\n`,
  )}</select>
</div>`
}

function ownName(language: string): string {
  return new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
}
