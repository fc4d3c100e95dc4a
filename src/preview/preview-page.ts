import type { Problem } from '../core/errors.ts'
import { escapeHtml } from '../core/text/escape-html.ts'
import { type Choice, courseKeyOf, queryOf } from './read-choice.ts'

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 19rem 1fr; min-height: 100vh; }
aside { padding: 1rem; border-right: 1px solid #8886; overflow: auto; }
main { padding: 1rem; background: #8882; overflow: auto; }
h1 { font-size: 1.1rem; margin: 0 0 1rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
label { display: block; } select, input[type=email] { width: 100%; box-sizing: border-box; font: inherit; }
ul { list-style: none; padding: 0; margin: 0; } a[aria-current] { font-weight: 700; }
fieldset { border: 0; padding: 0; margin: .7rem 0 0; } legend { font-weight: 600; padding: 0; }
iframe { display: block; margin: 0 auto; border: 0; background: #fff; height: calc(100vh - 2rem); }
pre { background: #fff; color: #222; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 auto; box-sizing: border-box; }
.problems { background: #fff; color: #222; padding: 1rem 1.5rem; border-left: .4rem solid #b3261e; }
.problems code { font-weight: 700; } .notice { padding: .5rem; border: 1px solid currentColor; }
`

/** Reloads the page when a file changed, and when the preview is back after a restart. */
export const SCRIPT = `
const events = new EventSource('/events')
let lost = false
events.onmessage = () => location.reload()
events.onerror = () => { lost = true }
events.onopen = () => { if (lost) location.reload() }
for (const form of document.querySelectorAll('#course, #switches')) form.addEventListener('change', () => form.submit())
`

export interface CourseName {
  readonly name: string
  readonly title: string
}

/** A separate form, because changing the course changes the tracks. The button is for browsers without scripts. */
function courseChoice(courses: readonly CourseName[], chosen: string | null): string {
  if (courses.length === 0) return ''
  const options = courses.map(({ name, title }) => option(name, title, name === chosen)).join('')
  return `<form id="course" method="get" action="/"><label>Course <select name="course">${options}</select></label>
<noscript><button>Show this course</button></noscript></form>`
}

/** The page with its controls. `body` is the email's plain text or headers; HTML is shown in an iframe instead. */
export function previewPage(
  choice: Choice,
  body: string | null,
  notice: string | null,
  where: string,
  courses: readonly CourseName[],
): string {
  const { course, variant, emails, chosen, discreet, width, colorScheme, part, images } = choice
  const check = (name: string, value: string, label: string, on: boolean) =>
    `<label><input type="checkbox" name="${name}" value="${escapeHtml(value)}"${on ? ' checked' : ''}> ${escapeHtml(label)}</label>`
  const radio = (name: string, value: string, label: string, on: boolean) =>
    `<label><input type="radio" name="${name}" value="${value}"${on ? ' checked' : ''}> ${label}</label>`
  const options = [['', 'No track'], ...course.tracks.map(({ name, title }) => [name, title])]
    .map(([name = '', title = '']) => option(name, title, name === (variant.track ?? '')))
    .join('')
  const hidden = [...new URLSearchParams(queryOf(choice))]
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join('')
  return frame(
    `${chosen.title} (${course.title})`,
    `<aside>
<h1>Emails of ${escapeHtml(course.title)}</h1>
${courseChoice(courses, courseKeyOf(course))}
<form id="switches" method="get" action="/">
<input type="hidden" name="course" value="${escapeHtml(courseKeyOf(course))}"><input type="hidden" name="mail" value="${chosen.id}">
<label>Track <select name="track">${options}</select></label>
<fieldset><legend>Overlays</legend>${course.overlays.map(({ name, title }) => check('overlay', name, title, variant.overlays.includes(name))).join('')}</fieldset>
<fieldset><legend>Form</legend>${check('discreet', '1', 'Discreet', discreet)}</fieldset>
<fieldset><legend>Show</legend>${radio('part', 'html', 'HTML', part === 'html')}${radio('part', 'text', 'Plain text', part === 'text')}${radio('part', 'headers', 'Headers', part === 'headers')}</fieldset>
<fieldset><legend>Width</legend>${radio('width', '320', '320 px', width === 320)}${radio('width', '600', '600 px', width === 600)}</fieldset>
<fieldset><legend>Appearance</legend>${check('dark', '1', 'Dark', colorScheme === 'dark')}${check('no-images', '1', 'Images off', !images)}</fieldset>
<noscript><button>Show</button></noscript>
</form>
<h2>Emails</h2>
<ul>${emails.map(({ id, title }) => `<li><a href="/?${escapeHtml(queryOf(choice, { mail: id }))}"${id === chosen.id ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a></li>`).join('')}</ul>
<h2>Send this one as a test</h2>
${notice === null ? '' : `<p class="notice" role="status">${escapeHtml(notice)}</p>`}
<form method="post" action="/send">${hidden}<label>To <input type="email" name="to" required></label><button>Send</button></form>
<p>${escapeHtml(where)} The links in a test email do not work.</p>
</aside>
<main>${
      body === null
        ? `<iframe title="${escapeHtml(chosen.title)}" width="${width}" src="/mail?${escapeHtml(queryOf(choice))}"></iframe>`
        : `<pre style="width: ${width}px">${escapeHtml(body)}</pre>`
    }</main>`,
  )
}

/** Shows problems in the files instead of the email. The page reloads once they are fixed. */
export function problemsPage(
  problems: readonly Problem[],
  courses: readonly CourseName[],
  chosen: string | null,
): string {
  const items = problems.map(
    ({ file, line, what, fix }) =>
      `<li><code>${escapeHtml(line === undefined ? file : `${file}:${line}`)}</code><br>${escapeHtml(what)}<br>${escapeHtml(fix)}</li>`,
  )
  return frame(
    'The files have problems',
    `<aside><h1>Preview</h1>${courseChoice(courses, chosen)}<p>Correct the file and save it. This page reloads automatically.</p></aside>
<main><div class="problems" role="alert"><h1>${problems.length === 1 ? '1 problem' : `${problems.length} problems`}</h1><ul>${items.join('')}</ul></div></main>`,
  )
}

function option(value: string, label: string, on: boolean): string {
  return `<option value="${escapeHtml(value)}"${on ? ' selected' : ''}>${escapeHtml(label)}</option>`
}

function frame(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}<script src="/preview.js"></script></body></html>`
}
