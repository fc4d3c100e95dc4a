import type { Words } from '../../core/words.ts'
import { errorSummary, fieldError, invalidAttributes } from './error-summary.ts'
import { type Html, html } from './html.ts'
import { type Page, page } from './page.ts'

const COLOURS = [
  ...['page', 'surface', 'text', 'muted', 'line', 'edge', 'accent', 'on-accent', 'accent-soft'],
  ...['attention', 'attention-soft', 'danger', 'on-danger'],
]

const TEXT_SIZES = ['xs', 's', 'm', 'l', 'xl', '2xl', '3xl', '4xl']

const FAULTS = { broken: 'Enter an address, such as name@example.org.' }

/** The tokens and components of the style sheet, each with the markup that the views use. */
export function stylesPage(words: Words): Page {
  return page({
    title: 'Styles',
    main: html`<h1>Styles</h1>
<p class="lead">What one reads is in serif, what one operates is in sans. Everything here works in light and dark, from 320 pixels, without scripts, and in either direction of writing.</p>
${section('Colours', html`<ul class="swatches">${COLOURS.map((name) => html`<li><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill="var(--${name})"/></svg> <code>--${name}</code></li>\n`)}</ul>`)}
${section('Type', html`${TEXT_SIZES.map((size) => html`<p class="sample-${size}"><code>--text-${size}</code> Steady ground, größer, żółć</p>\n`)}`)}
${section(
  'Buttons',
  html`<p class="button-row"><button class="button" type="button">Primary</button> <button class="button button-secondary" type="button">Secondary</button> <button class="button button-destructive" type="button">Destructive</button> <button class="button button-secondary button-destructive" type="button">Leads to a destructive one</button> <button class="text-button" type="button">Text button</button></p>`,
)}
${section(
  'Cards',
  html`<div class="card"><h3>Card</h3><p>One thing that belongs together.</p></div>
<div class="card soft after-card"><h3>Soft card</h3><p>Something beside the main thing.</p></div>`,
)}
${section(
  'Notices and badges',
  html`<p class="notice">Something was done.</p>
<p class="notice notice-look">Something needs attention.</p>
<p><span class="badge">active</span> <span class="badge badge-attention">needs a look</span></p>`,
)}
${section(
  'Fold',
  html`<details class="fold"><summary>A question that opens</summary><p>What most people can do without.</p></details>`,
)}
${section(
  'Fields',
  html`${errorSummary(words, FAULTS, ['broken'])}
<div class="field"><label for="fine">A line of text <span class="quiet">(if you like)</span></label>
<p class="hint">A hint in a sentence.</p><input id="fine" name="fine"></div>
<div class="field"><label for="broken">With an error</label>
${fieldError(words, 'broken', FAULTS)}<input id="broken" name="broken" value="name@"${invalidAttributes('broken', FAULTS)}></div>
<div class="field"><label for="choice">A choice</label>
<select id="choice" name="choice"><option>7:00 AM</option></select></div>
<fieldset class="field ticks"><legend>Boxes</legend>
<label class="tick"><input type="checkbox" name="tick"><span><b>Discreet</b> <span class="quiet">What it means, in a sentence.</span></span></label></fieldset>`,
)}
${section(
  'Table',
  html`<div class="table-frame" role="region" aria-label="An example" tabindex="0"><table class="table">
<thead><tr><th scope="col">Day</th><th scope="col">Lesson</th><th scope="col" class="amount">Sent</th></tr></thead>
<tbody><tr><td>1</td><td>Find your footing</td><td class="amount">1,204</td></tr>
<tr><td>2</td><td>Name what happened</td><td class="amount">987</td></tr></tbody>
</table></div>`,
)}
${section(
  'Strip of days',
  html`<nav class="days" aria-label="Days"><ol>
<li class="is-done"><a href="#"><span class="dot" aria-hidden="true">✓</span><span class="day-title">Find your footing</span></a></li>
<li class="is-open"><a href="#" aria-current="page"><span class="dot" aria-hidden="true">2</span><span class="day-title">Name what happened</span></a></li>
<li class="is-coming"><span><span class="dot" aria-hidden="true">3</span><span class="day-title">Still to come</span></span></li>
</ol></nav>`,
)}`,
  })
}

function section(title: string, content: Html): Html {
  const id = title.toLowerCase().replaceAll(' ', '-')
  return html`<section class="sample" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>
`
}
