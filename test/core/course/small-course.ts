import type { Course } from '../../../src/core/course/course.ts'
import { parseCourse } from '../../../src/core/course/parse/parse-course.ts'
import { formatProblem } from '../../../src/core/errors.ts'

/** The files of a valid course of two days, for tests to modify. */
export const SMALL_COURSE: Readonly<Record<string, string>> = {
  'course.yaml': `title: Small
tagline: A small course.
mark: SM
language: en
price: It costs nothing.
for: [Anyone.]
what: [Two days.]
stop: One press.
promise: A promise.
disclaimer: Not advice.
private: [Use your own device.]
consent:
  version: 2026-1
  text: I agree.
sender:
  name: Small
discreet:
  sender: Notes
  title: Notes
  subject: Your {{weekday}} note
  preheader: Your page is ready.
default-hour: 7
audiences:
  tracks:
    - { name: walk, title: Walk, summary: Walkers. }
    - { name: swim, title: Swim, summary: Swimmers. }
  overlays:
    - { name: light, title: Light, summary: Less. }
`,
  'day-1.md': `---
day: 1
title: One
subject: "Day 1{{, name}}"
preheader: Begin.
discreet: { subject: A note }
minutes: 3
goal: Begin.
exercise:
  title: First
  intro: Some words.
  minutes: 10
  timer: 15
  mood: true
  print: true
  letter: true
  no-share: [light]
  fields:
    - { id: sleep, type: scale, label: Sleep, min: 0, max: 10, low: none, high: enough, small: true }
    - { id: rest, type: scale, label: Rest, min: 0, max: 10, for: [walk], except: [light] }
    - id: basics
      type: checklist
      label: Basics
      pick: 2
      small: true
      options: [{ id: eat, label: Eat }, { id: drink, label: Drink }, { id: walk, label: Walk }]
    - { id: line, type: text, label: A line, max: 20, placeholder: Here }
    - id: letter
      type: long
      label: A letter
      rows: 8
      guide: [150, 400]
      word-bank: [sad, glad]
      prompts: [{ words: [always, never], say: Is that so? }]
      highlight: [but]
  complete:
    full: [sleep, rest, { field: basics, at-least: 2 }, { any: [line, letter] }]
    small: [sleep]
---

Hello{{, name}},

it is {{weekday}}. See [more](https://example.org/).

::: for walk swim
For those on a track.
:::

::: page
Only on the page.

::: for light
Light on the page. [Another](https://example.org/two)
:::

The page again.
:::

The end.
`,
  'day-2.md': `---
day: 2
title: Two
subject: Day 2
preheader: Go on.
minutes: 3
goal: Go on.
exercise:
  title: Second
  minutes: 10
  fields:
    - { id: again, type: repeat, label: Again, day: 1, fields: [sleep, rest] }
    - { id: side, type: choice, label: Side, options: [{ id: left, label: Left, say: Fine. }, { id: right, label: Right }] }
    - id: sort
      type: sorting
      label: Sort
      bins: [{ id: hot, label: Hot }, { id: cold, label: Cold }]
      items: [{ id: tea, text: Tea, bin: hot, say: Yes. }, { id: ice, text: Ice, bin: cold }]
    - { id: plan, type: sentence, label: Plan, parts: "When {{when}}, I {{do}}.", max: 30 }
    - { id: day, type: date, label: Day }
    - { id: hour, type: time, label: Hour }
    - { id: aside, type: note, text: "Some **words**." }
  complete:
    full: [{ field: sort, at-least: 2 }]
    small: []
---
The second day.
`,
  'closing.md': `---
title: The end
subject: The end
preheader: Done.
---
Goodbye.
`,
}

/** The files as parseCourse takes them, changed: a null removes a file. */
export function filesOf(changes: Readonly<Record<string, string | null>> = {}) {
  return Object.entries({ ...SMALL_COURSE, ...changes }).flatMap(([name, text]) =>
    text === null ? [] : [{ file: `lessons/small/${name}`, text }],
  )
}

/** One file of the course with a piece replaced, which must be there. */
export function spoil(name: string, piece: string, by: string): Record<string, string> {
  const text = SMALL_COURSE[name] ?? ''
  if (!text.includes(piece)) throw new Error(`${name} has no "${piece}"`)
  return { [name]: text.replace(piece, () => by) }
}

export function parsed(changes: Readonly<Record<string, string | null>> = {}): Course {
  const result = parseCourse('small', filesOf(changes))
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.course
}

/** Faults as lines of text, without the folder. */
export function faultsOf(changes: Readonly<Record<string, string | null>>): string[] {
  const result = parseCourse('small', filesOf(changes))
  return 'problems' in result
    ? result.problems.map((problem) => formatProblem(problem).replace('lessons/small/', ''))
    : []
}
