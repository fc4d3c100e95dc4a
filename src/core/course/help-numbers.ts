import type { Parsed } from '../assessment/assessment.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'

/** The purpose of a line. Every place has the first three. */
export const HELP_KINDS = ['emergency', 'abuse', 'crisis', 'own-behaviour', 'birth'] as const
export type HelpKind = (typeof HELP_KINDS)[number]

/** How certain the reviewer was; for `check`, readers are asked to verify the number themselves. */
export const CERTAINTIES = ['high', 'medium', 'check'] as const
export type Certainty = (typeof CERTAINTIES)[number]

export interface HelpLine {
  readonly kind: HelpKind
  readonly name: string
  /** In the country's usual format; empty if there is none. */
  readonly phone: string
  /** What to text and to which number. */
  readonly text: string
  /** A host name without scheme. */
  readonly web: string
  readonly note: string
  readonly certainty: Certainty
  /** The record of its last check; null if it could not be confirmed. */
  readonly checked: Checked | null
}

/** The day a number was compared with a public source, and that source. */
export interface Checked {
  /** YYYY-MM-DD. */
  readonly on: string
  /** A public web page. */
  readonly source: string
}

export interface HelpPlace {
  readonly id: string
  readonly name: string
  readonly lines: readonly HelpLine[]
}

export interface HelpNumbers {
  readonly file: string
  /** YYYY-MM-DD as written, for display. */
  readonly reviewed: string
  /** Midnight UTC of that day, in ms. */
  readonly reviewedAt: number
  /** How the numbers are checked, for display; may be empty. */
  readonly how: string
  readonly places: readonly HelpPlace[]
}

const DAY = 86_400_000
/** The longest quarter of a year has 92 days. */
const QUARTER = 92 * DAY

/** Parses `help-numbers.yaml` strictly. Returns either the numbers or all problems found. */
export function parseHelpNumbers(file: string, text: string): Parsed<HelpNumbers> {
  const top = readYaml(file, text)
  if (top.problems.length > 0) return { value: null, problems: top.problems }
  const keys = top.keys(['reviewed', 'places'], ['how'])
  const reviewed = keys.get('reviewed') as YamlReader
  const numbers: HelpNumbers = {
    file,
    reviewed: reviewed.text(),
    reviewedAt: readDay(reviewed),
    how: keys.get('how')?.text() ?? '',
    places: (keys.get('places') as YamlReader).list().map(readPlace),
  }
  if (numbers.places.length === 0) top.report('No place has a number.', 'Add at least one under "places:".')
  const seen = new Set<string>()
  for (const place of numbers.places) {
    if (seen.has(place.id)) top.report(`Two places are called "${place.id}".`, 'Rename one of them.')
    seen.add(place.id)
  }
  return top.problems.length > 0 ? { value: null, problems: top.problems } : { value: numbers, problems: [] }
}

/**
 * Whether the numbers are due for review: the last review is more than a quarter (92 days) before `now`, or more than a
 * day after it, which must be a typo. `now` is in ms UTC.
 */
export function isReviewDue(numbers: HelpNumbers, now: number): boolean {
  return now - numbers.reviewedAt > QUARTER || numbers.reviewedAt - now > DAY
}

/** When the next review is due, ms UTC. */
export function nextReviewAt({ reviewedAt }: HelpNumbers): number {
  return reviewedAt + QUARTER
}

/** The number for a `tel:` link (RFC 3966, local form): digits only. */
export function dialled(phone: string): string {
  return phone.replace(/[^0-9+]/g, '')
}

/** The target of an `sms:` link (RFC 5724) for "START to 88788" or "1737"; null if the text has no number. */
export function texted(text: string): string | null {
  const found = /^(?:(.+) to )?([0-9 ]+)$/.exec(text)
  if (found === null) return null
  const body = found[1] === undefined ? '' : `?body=${encodeURIComponent(found[1])}`
  return `${(found[2] ?? '').replaceAll(' ', '')}${body}`
}

function readChecked(item: YamlReader): Checked {
  const keys = item.keys(['on', 'source'])
  const on = keys.get('on') as YamlReader
  readDay(on)
  return { on: on.text(), source: (keys.get('source') as YamlReader).text() }
}

function readDay(item: YamlReader): number {
  const text = item.text()
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Some engines parse 30 February as 1 March, so the date must format back to the same text.
  if (!Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text)) return instant
  if (text !== '') item.report(`"${text}" is not a day.`, 'Write it as 2026-11-30.')
  return 0
}

function readPlace(item: YamlReader): HelpPlace {
  const keys = item.keys(['id', 'name', 'lines'])
  const place = {
    id: (keys.get('id') as YamlReader).id(),
    name: (keys.get('name') as YamlReader).text(),
    lines: (keys.get('lines') as YamlReader).list().map(readLine),
  }
  for (const kind of HELP_KINDS.slice(0, 3)) {
    if (!place.lines.some((line) => line.kind === kind)) {
      item.report(`${place.name} has no line for "${kind}".`, 'Add one.')
    }
  }
  return place
}

function readLine(item: YamlReader): HelpLine {
  const keys = item.keys(['for', 'name', 'certainty'], ['phone', 'text', 'web', 'note', 'checked'])
  const checked = keys.get('checked')
  const line: HelpLine = {
    kind: (keys.get('for') as YamlReader).oneOf(HELP_KINDS),
    name: (keys.get('name') as YamlReader).text(),
    phone: keys.get('phone')?.text() ?? '',
    text: keys.get('text')?.text() ?? '',
    web: keys.get('web')?.text() ?? '',
    note: keys.get('note')?.text() ?? '',
    certainty: (keys.get('certainty') as YamlReader).oneOf(CERTAINTIES),
    checked: checked === undefined ? null : readChecked(checked),
  }
  if (line.phone + line.text + line.web + line.note === '') {
    item.report(`"${line.name}" cannot be reached.`, 'Give a phone, text, web or note.')
  }
  if (line.phone !== '' && !/^\+?[0-9][0-9 -]*$/.test(line.phone)) {
    keys.get('phone')?.report(`"${line.phone}" cannot be dialled.`, 'Use digits, spaces and hyphens.')
  }
  if (line.web !== '' && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(line.web)) {
    keys.get('web')?.report(`"${line.web}" is not a host name.`, 'Write it without https:// and without a path.')
  }
  return line
}
