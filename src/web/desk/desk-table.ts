import { type Html, html, type Piece } from '../page/html.ts'

/**
 * A table whose rows become cards on a narrow screen: each cell then shows its heading, which the style sheet takes from
 * `data-heading`. `caption` names it for screen readers. One `ofNumbers` is compared by its columns, so it stays a table, which
 * scrolls sideways where it is too wide.
 */
export function deskTable(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly Piece[])[],
  { ofNumbers = false } = {},
): Html {
  return html`<div class="table-frame"${ofNumbers && html` tabindex="0" role="group" aria-label="${caption}"`}><table class="table desk-table${ofNumbers && ' of-numbers'}" role="table">
<caption class="away">${caption}</caption>
<thead><tr role="row">${headings.map((heading) => html`<th scope="col" role="columnheader">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      cells,
    ) => html`<tr role="row">${cells.map((cell, index) => html`<td role="cell" data-heading="${headings[index]}"><div>${cell}</div></td>`)}</tr>
`,
  )}</tbody>
</table></div>`
}
