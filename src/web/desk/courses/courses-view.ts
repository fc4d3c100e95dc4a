import { formatDate, formatList } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { CourseView } from '../../../flow/desk/view-courses.ts'
import type { CourseCheck } from '../../../flow/ports/course-ports.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { facts } from '../person-view.ts'

export function coursesPage(words: DeskWords, courses: readonly CourseView[]): DeskPage {
  return {
    title: words.say('desk.courses.title'),
    main: html`<h1>${words.say('desk.courses.title')}</h1>
<p>${words.say('desk.courses.body')}</p>
<p><a class="button button-secondary" href="${deskPaths.courseCheck()}">${words.say('desk.courses.check')}</a></p>
${courses.map((course) => courseCard(words, course))}`,
  }
}

function courseCard(words: DeskWords, course: CourseView): Html {
  const { name, title, isFirst, version, consentVersion, days, checkIns, languages, earlierVersions, helpNumbers } =
    course
  const fact = (
    key: 'name' | 'version' | 'consent' | 'days' | 'check-ins' | 'languages' | 'earlier' | 'reviewed' | 'next',
  ) => words.say(`desk.courses.fact.${key}`)
  return html`<section class="card after-card" aria-labelledby="course-${name}"><h2 id="course-${name}">${title}${isFirst && html` <span class="badge">${words.say('desk.courses.first')}</span>`}</h2>
${facts([
  [fact('name'), name],
  [fact('version'), version],
  [fact('consent'), consentVersion],
  [fact('days'), days],
  [fact('check-ins'), checkIns],
  [fact('languages'), formatList(words, [...languages], 'unit')],
  [fact('earlier'), earlierVersions],
  ...(helpNumbers === null
    ? []
    : [
        [
          fact('reviewed'),
          html`${formatDate(words, helpNumbers.reviewedAt, 'UTC')}<br><code>${helpNumbers.file}</code>`,
        ] as const,
        [
          fact('next'),
          html`${formatDate(words, helpNumbers.nextAt, 'UTC')}${helpNumbers.isDue && html` <span class="badge badge-attention">${words.say('desk.courses.due')}</span>`}`,
        ] as const,
      ]),
])}
</section>
`
}

/** `check`: null if the files could not be checked. */
export function checkPage(words: DeskWords, check: CourseCheck | null): DeskPage {
  return {
    title: words.say('desk.courses.check-title'),
    main: html`<p><a href="${deskPaths.courses()}">${words.say('desk.courses.title')}</a></p>
<h1>${words.say('desk.courses.check-title')}</h1>
${check === null ? html`<p class="notice notice-look" role="alert">${words.say('desk.courses.not-checked')}</p>` : checked(words, check)}`,
  }
}

function checked(words: DeskWords, { folders, problems, notMeasured }: CourseCheck): Html {
  const column = (key: 'place' | 'what' | 'fix') => words.say(`desk.courses.column.${key}`)
  return html`<p>${words.say('desk.courses.check-body')}</p>
${
  problems.length === 0
    ? html`<p class="notice">${words.say('desk.courses.no-problems')}</p>`
    : deskTable(
        words.say('desk.courses.problems'),
        [column('place'), column('what'), column('fix')],
        problems.map(({ file, line, what, fix }) => [
          html`<code>${line === undefined ? file : `${file}:${line}`}</code>`,
          what,
          fix,
        ]),
      )
}
${notMeasured.map((name) => html`<p>${words.say('desk.courses.not-measured', { name })}</p>\n`)}
<h2>${words.say('desk.courses.files')}</h2>
${folders.map(
  ({ path, files }) =>
    html`<details class="fold"><summary><code>${path}</code> ${words.say('desk.courses.file-count', { files: files.length })}</summary>
<ul>${files.map((file) => html`<li><code>${file}</code></li>\n`)}</ul></details>
`,
)}`
}
