import { expect, test } from '@jest/globals'
import type { Field } from '../../../src/core/course/fields/field-types.ts'
import { letterOf, notesAsText, notesOf } from '../../../src/core/exercise/notes.ts'
import { ENGLISH, GERMAN } from '../language/sample-words.ts'

const base = { hint: '', small: false, audiences: [] }
const scale = {
  ...base,
  id: 'sleep',
  type: 'scale',
  label: 'Sleep',
  min: 0,
  max: 10,
  low: 'none',
  high: 'enough',
} as const
const fields: readonly Field[] = [
  scale,
  { ...base, id: 'line', type: 'text', label: 'A line', max: 100, placeholder: '' },
  { ...base, id: 'own', type: 'text', label: 'Mine alone', max: 100, placeholder: '', notShared: true },
  {
    ...base,
    id: 'ticks',
    type: 'checklist',
    label: 'Please',
    pick: null,
    options: [
      { id: 'listen', label: 'Listen', say: '' },
      { id: 'wait', label: 'Wait a day', say: '' },
    ],
  },
  { ...base, id: 'choice', type: 'choice', label: 'Next', options: [{ id: 'rest', label: 'Rest', say: '' }] },
  {
    ...base,
    id: 'sort',
    type: 'sorting',
    label: 'Sort',
    bins: [{ id: 'small', label: 'Smaller', say: '' }],
    items: [
      { id: 'one', text: 'It was only a text.', bin: 'small', say: '' },
      { id: 'two', text: 'Tell me more?', bin: 'small', say: '' },
    ],
  },
  {
    ...base,
    id: 'ask',
    type: 'sentence',
    label: 'Ask',
    max: 100,
    parts: [{ text: 'When ' }, { blank: 'when' }, { text: ', I feel ' }, { blank: 'feeling' }, { text: '.' }],
  },
  { ...base, id: 'again', type: 'repeat', label: 'Again', day: 1, fields: ['sleep'], scales: [scale] },
  { ...base, id: 'said', type: 'note', label: 'A note', text: 'Nobody fills this in.' },
]

const answers = {
  sleep: 3,
  line: 'My <line>',
  own: 'not for others',
  ticks: ['listen', 'wait'],
  choice: 'rest',
  sort: { one: 'small' },
  ask: { when: 'it rains' },
  again: { sleep: '6' },
}
const beside = { earlier: { 1: { sleep: 2 } }, others: {}, marks: { line: 'Written here on 4 May, 09:00' } }

test('every kind of field is told as a person would read it', () => {
  expect(
    Object.fromEntries(notesOf(ENGLISH, fields, answers, beside).map(({ label, lines }) => [label, lines])),
  ).toEqual({
    Sleep: ['3 (0 is none, 10 is enough)'],
    'A line': ['My <line>'],
    'Mine alone': ['not for others'],
    Please: ['- Listen', '- Wait a day'],
    Next: ['Rest'],
    Sort: ['It was only a text. Smaller'],
    Ask: ['When it rains, I feel ....'],
    Again: ['Sleep: 6 (on day 1: 2)'],
  })
})

test('what is empty is left out', () => {
  const empty = { line: '  ', ticks: [], sort: {}, ask: { when: ' ' }, again: {} }
  expect(notesOf(ENGLISH, fields, empty, beside)).toEqual([])
  expect(notesOf(ENGLISH, fields, {}, beside)).toEqual([])
})

test('what another browser wrote stands beside it, each with its date', () => {
  const there = { mark: 'Written on another device on 3 May, 14:10', value: 'there' }
  expect(
    notesOf(ENGLISH, fields, { line: 'here' }, { ...beside, others: { line: [there, { ...there, value: '' }] } }),
  ).toEqual([
    {
      label: 'A line',
      lines: ['Written here on 4 May, 09:00:', 'here', 'Written on another device on 3 May, 14:10:', 'there'],
    },
  ])
})

test('a letter holds words alone, and nothing that the course keeps out', () => {
  expect(letterOf(ENGLISH, fields, answers).map(({ label }) => label)).toEqual(['A line', 'Please', 'Ask'])
})

test('a file has lines that every editor reads', () => {
  expect(notesAsText('Title', [{ label: 'A line', lines: ['one', 'two'] }])).toBe(
    'Title\r\n\r\nA line\r\none\r\ntwo\r\n',
  )
})

test('what the service adds is in the reader’s language', () => {
  const [sleep, again] = notesOf(GERMAN, [scale, ...fields.filter(({ type }) => type === 'repeat')], answers, beside)
  expect(sleep?.lines).toEqual(['3 (0 ist none, 10 ist enough)'])
  expect(again?.lines).toEqual(['Sleep: 6 (an Tag 1: 2)'])
})
