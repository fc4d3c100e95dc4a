import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Context, isMet, type Measured } from '../../bench/parts/measure.ts'
import { drawPlot, type Plot } from '../../bench/parts/plot.ts'
import { statementsTable } from '../../bench/parts/postgres-counts.ts'
import { selfTimes, topTen } from '../../bench/parts/profile.ts'
import { bar } from '../../bench/parts/progress.ts'
import { runMeasures } from '../../bench/parts/run-measures.ts'
import { mean, median, percentile, rotated, spreadOf } from '../../bench/parts/statistics.ts'
import { asMarkdown, asText, figure } from '../../bench/parts/table.ts'

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })

describe('statistics', () => {
  test('the median is the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 6])).toBe(5.5)
    expect(median([])).toBeNaN()
  })

  test('a percentile is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0)).toBe(1)
    expect(percentile([7], 0.99)).toBe(7)
    expect(percentile([], 0.5)).toBeNaN()
  })

  test('a percentile is one of the values, and at least its share of them do not exceed it', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const found = percentile(values, share)
        expect(values).toContainEqual(found)
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length - 1e-6)
      }),
    )
  })

  test('a spread never falls from one percentile to the next', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { p50, p90, p99, max } = spreadOf(values)
        expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].sort((one, other) => one - other))
      }),
    )
  })

  test('in as many rounds as there are candidates each is first once', () => {
    const list = ['a', 'b', 'c', 'd']
    expect(list.map((_, round) => rotated(list, round)[0])).toEqual(list)
    expect(rotated(list, 6)).toEqual(['c', 'd', 'a', 'b'])
  })
})

describe('a table', () => {
  const table = {
    title: 'Sizes',
    columns: ['', 'n'],
    rows: [
      ['one | two', '1,000'],
      ['x', '-'],
      ['y', '12.5'],
    ],
  }

  test('stands in columns, numbers to the right', () => {
    expect(asText(table)).toBe(
      [
        'Sizes',
        '                 n',
        '  ---------  -----',
        '  one | two  1,000',
        '  x              -',
        '  y           12.5',
      ].join('\n'),
    )
  })

  test('as Markdown keeps a bar within its cell', () => {
    expect(asMarkdown(table).split('\n')).toEqual([
      '### Sizes',
      '',
      '|            |     n |',
      '|------------|------:|',
      '| one \\| two | 1,000 |',
      '| x          |     - |',
      '| y          |  12.5 |',
    ])
  })

  test('shows as many decimals as a figure deserves', () => {
    expect([1234.5, 99.44, 0.123, null, Number.NaN].map((value) => figure(value))).toEqual([
      '1,235',
      '99.4',
      '0.12',
      '-',
      '-',
    ])
  })
})

describe('a target', () => {
  const check = { what: '', unit: '', target: 10 }
  test('is met from its own value on, in its direction, and unknown where nothing was measured', () => {
    expect(isMet({ ...check, value: 10, compare: 'at least' })).toBe(true)
    expect(isMet({ ...check, value: 10.1, compare: 'at most' })).toBe(false)
    expect(isMet({ ...check, value: null, compare: 'at most' })).toBeNull()
    expect(isMet({ ...check, value: Number.NaN, compare: 'at least' })).toBeNull()
  })
})

describe('a plot', () => {
  const common = { name: 'p', title: 'A <title> & "more"', yLabel: 'ms' }
  const plots: Plot[] = [
    {
      ...common,
      kind: 'bars',
      bars: [
        { name: 'one', value: 3, target: 5 },
        { name: 'two', value: 0 },
      ],
    },
    {
      ...common,
      kind: 'lines',
      xLabel: 'learners',
      xScale: 'log',
      target: 20,
      series: [
        {
          name: 'p50',
          points: [
            [10_000, 1],
            [1_000_000, 2],
          ],
        },
        { name: 'p99', points: [[10_000, 3]] },
      ],
    },
    { ...common, kind: 'lines', xLabel: 's', xScale: 'linear', series: [{ name: 'none', points: [] }] },
  ]

  test.each(plots)('is well formed, named, and readable on light and on dark ground ($kind)', (plot) => {
    const svg = drawPlot(plot)
    expect(svg).toContain('aria-label="A &lt;title> &amp; &quot;more&quot;"')
    expect(svg).toContain('@media (prefers-color-scheme: dark)')
    expect(svg).toContain('>ms</text>')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect(openTags(svg)).toEqual([])
  })

  test('draws no point outside its frame', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 1e6 })), {
          minLength: 1,
          maxLength: 20,
        }),
        (points) => {
          const svg = drawPlot({
            ...common,
            kind: 'lines',
            xLabel: 'x',
            xScale: 'log',
            series: [{ name: 's', points }],
          })
          for (const [, x, y] of svg.matchAll(/cx="([\d.-]+)" cy="([\d.-]+)"/g)) {
            expect(Number(x)).toBeGreaterThanOrEqual(76)
            expect(Number(x)).toBeLessThanOrEqual(696)
            expect(Number(y)).toBeGreaterThanOrEqual(64)
            expect(Number(y)).toBeLessThanOrEqual(336)
          }
        },
      ),
    )
  })
})

describe('a profile', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber })
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('fill', 'file:///app/node_modules/x/fill.js', 4) },
      { id: 3, callFrame: frame('', 'node:fs', 9) },
    ],
    samples: [1, 2, 3, 2],
    timeDeltas: [9_000, 2_000, 1_000, 3_000],
  }

  test('gives each function its own time over all threads, without waiting, the most costly first', () => {
    expect(selfTimes([profile, profile])).toEqual([
      { name: 'fill', place: 'x/fill.js:5', ms: 10 },
      { name: '(anonymous)', place: 'node:fs:10', ms: 2 },
    ])
  })

  test('is shown with the share of the whole and the cost of a message', () => {
    const table = topTen(selfTimes([profile]), 5)
    expect(table.title).toContain('5 lessons')
    expect(table.rows).toEqual([
      ['fill', 'x/fill.js:5', '5', '83.3', '1000.0'],
      ['(anonymous)', 'node:fs:10', '1', '16.7', '200.0'],
    ])
  })
})

test('a mean lies between its values, and of none there is none', () => {
  expect(mean([2, 4, 9])).toBe(5)
  expect(mean([])).toBeNaN()
})

describe('measures in a row', () => {
  const seen: Measured = { title: 'Seen', tables: [], checks: [], plots: [], facts: {}, notes: [] }
  const context = { progress: { done() {} } } as Context
  const succeed = async () => seen
  const fail = async () => {
    throw new Error('the disk is gone')
  }

  test('keep what they saw where another one fails, and its reason', async () => {
    const all = [['one', succeed] as const, ['two', fail] as const, ['three', succeed] as const]
    expect(await runMeasures(all, context, () => false)).toEqual({
      results: { one: seen, three: seen },
      failures: ['two: the disk is gone'],
    })
  })

  test('end at once when they are told to, without a complaint of the one that broke off', async () => {
    let isEnding = false
    const breakOff = async () => {
      isEnding = true
      return fail()
    }
    const all = [['one', succeed] as const, ['two', breakOff] as const, ['three', succeed] as const]
    expect(await runMeasures(all, context, () => isEnding)).toEqual({ results: { one: seen }, failures: [] })
  })
})

test('the progress bar is full at the end and never longer', () => {
  expect(bar(0)).toBe('░'.repeat(24))
  expect(bar(0.5)).toBe('█'.repeat(12) + '░'.repeat(12))
  expect(bar(7)).toBe('█'.repeat(24))
})

function openTags(svg: string): string[] {
  const open: string[] = []
  for (const [, closing, name, , alone] of svg.matchAll(/<(\/?)([a-z]+)((?:"[^"]*"|[^">])*?)(\/?)>/g)) {
    if (closing) expect(open.pop()).toBe(name)
    else if (!alone) open.push(name ?? '')
  }
  return open
}

test('what Postgres was asked is the difference of two counts, by lesson, the longest first', () => {
  const counts = (calls: number, ms: number) => ({ calls, rows: 2 * calls, planningMs: ms / 2, ms })
  const before = { statements: new Map([['select 1', counts(5, 1)]]), walBytes: 1_024, walSyncs: 3 }
  const after = {
    statements: new Map([
      ['select 1', counts(15, 2)],
      ['update  a\n  set b', counts(20, 8)],
    ]),
    walBytes: 21_504,
    walSyncs: 13,
  }
  expect(statementsTable(before, after, 10)).toEqual({
    title: 'What Postgres was asked for 10 lessons: 2.00 KiB of log and 1.000 syncs of it a lesson',
    columns: ['statement', 'calls', 'a lesson', 'rows a lesson', 'planning, µs a lesson', 'µs a lesson'],
    rows: [
      ['all', '30', '3.000', '6.000', '450.0', '900.0'],
      ['update a set b', '20', '2.000', '4.000', '400.0', '800.0'],
      ['select 1', '10', '1.000', '2.000', '50.0', '100.0'],
    ],
  })
})
