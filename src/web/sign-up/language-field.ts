import type { Course } from '../../core/course/course.ts'
import { ownName } from '../../core/language/languages.ts'
import type { Words } from '../../core/words.ts'
import { type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'

/** Asks for the language of a course that exists in several, each in its own name; null for any other course. */
export function languageField(
  words: Words,
  { language, languages = [] }: Course,
  chosen: string | null,
  faults: FieldErrors,
): Html | null {
  if (languages.length < 2) return null
  return html`<div class="field">
<label for="language">${words.say('sign-up.language')}</label>
${fieldError(words, 'language', faults)}
<select id="language" name="language"${invalidAttributes('language', faults)}>${languages.map(
    (one) =>
      html`<option value="${one}" lang="${one}"${on('selected', one === (chosen || language))}>${ownName(one)}</option>\n`,
  )}</select>
</div>`
}
