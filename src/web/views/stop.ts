import { sayWhen } from '../../core/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { StopView } from '../../flow/views.ts'
import { type Html, html } from './html.ts'
import { type Page, page } from './page.ts'

/** Before the press, after it, and after starting again. `just` is what this very request did. */
export function stopPage(view: StopView, token: string, just: 'stopped' | 'restarted' | null, now: number): Page {
  const { course, discreet } = view
  if (view.state === 'stopped') {
    return page({
      title: 'Stopped',
      course,
      discreet,
      main: html`<div class="card centre">
<h1>Stopped</h1>
<p>${just === 'stopped' ? 'It is done. No more lessons will come.' : 'No lessons will come.'}</p>
<p>Should you want to go on one day, the lessons start again where they stopped.</p>
<form method="post" action="${paths.restart(token)}"><button class="other-button" type="submit">Start again</button></form>
</div>`,
    })
  }
  if (view.state === 'finished') {
    return page({
      title: 'Nothing left to stop',
      course,
      discreet,
      main: html`<div class="card centre"><h1>Nothing left to stop</h1><p>Every lesson has been sent, and nothing more is planned.</p></div>`,
    })
  }
  if (just === 'restarted') {
    return page({
      title: 'Started again',
      course,
      discreet,
      main: html`<div class="card centre">
<h1>Started again</h1>
<p>${next(view, now)} ${discreet ? '' : 'The lessons go on where they stopped.'}</p>
<p class="quiet">Pressed by mistake?</p>
${stopButton(token, 'other-button')}
</div>`,
    })
  }
  return page({
    title: 'Stop the lessons',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>Stop the lessons?</h1>
<p>One press, and nothing more is sent. You need give no reason, and you can start again later.</p>
${stopButton(token, 'main-button')}
<p class="quiet">${next(view, now)}</p>
</div>`,
  })
}

function stopButton(token: string, look: string): Html {
  return html`<form method="post" action="${paths.stop(token)}"><button class="${look}" type="submit">Stop now</button></form>`
}

function next(view: StopView, now: number): string {
  if (view.nextAt === null) return ''
  if (view.nextAt <= now) return 'The next lesson comes in a moment.'
  return `The next lesson comes ${sayWhen(view.nextAt, view.timeZone, now)}.`
}
