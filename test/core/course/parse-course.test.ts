import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseCourse } from '../../../src/core/course/parse/parse-course.ts'
import { faultsOf, filesOf, parsed, SMALL_COURSE, spoil } from './small-course.ts'

/** The line on which a spoiled file first differs from the right one. */
function firstChange(changes: Readonly<Record<string, string | null>>): number {
  const [name = '', text] = Object.entries(changes)[0] ?? []
  const right = SMALL_COURSE[name]?.split('\n') ?? []
  return (text ?? '').split('\n').findIndex((line, index) => line !== right[index]) + 1
}

describe('a valid course', () => {
  test('has its texts, its audiences and the days in its folder', () => {
    const course = parsed()
    expect(course).toMatchObject({
      name: 'small',
      title: 'Small',
      forWhom: ['Anyone.'],
      privateAdvice: ['Use your own device.'],
      consent: { version: '2026-1', text: 'I agree.' },
      defaultHour: 7,
      sender: 'Small',
      discreet: { subject: 'Your {{weekday}} note' },
      closing: { title: 'The end', discreetSubject: 'Your {{weekday}} note', file: 'lessons/small/closing.md' },
    })
    expect(course.tracks.map(({ name }) => name)).toEqual(['walk', 'swim'])
    expect(course.overlays.map(({ name }) => name)).toEqual(['light'])
    expect(course.lessons.map(({ day, title }) => [day, title])).toEqual([
      [1, 'One'],
      [2, 'Two'],
    ])
  })

  test('has the blocks of each body with audiences, position and line', () => {
    const body = parsed().lessons[0]?.body ?? []
    expect(body.map((block) => [block.audiences, block.pageOnly, block.text.line, block.text.markdown])).toEqual([
      [[], false, 41, 'Hello{{, name}},\n\nit is {{weekday}}. See [more](https://example.org/).'],
      [['walk', 'swim'], false, 46, 'For those on a track.'],
      [[], true, 50, 'Only on the page.'],
      [['light'], true, 53, 'Light on the page. [Another](https://example.org/two)'],
      [[], true, 56, 'The page again.'],
      [[], false, 59, 'The end.'],
    ])
    expect(SMALL_COURSE['day-1.md']?.split('\n')[45]).toBe('For those on a track.')
  })

  test('has every type of field with its properties', () => {
    const [first, second] = parsed().lessons
    expect(first?.exercise).toMatchObject({ timer: 15, mood: true, print: true, letter: true, noShare: ['light'] })
    expect(first?.exercise.fields.map(({ id, type }) => `${id}: ${type}`)).toEqual([
      'sleep: scale',
      'rest: scale',
      'basics: checklist',
      'line: text',
      'letter: long',
    ])
    expect(first?.exercise.fields[1]).toMatchObject({ audiences: ['walk'], except: ['light'], small: false })
    expect(first?.exercise.fields[4]).toMatchObject({
      max: 10_000,
      guide: [150, 400],
      wordBank: ['sad', 'glad'],
      prompts: [{ words: ['always', 'never'], say: 'Is that so?' }],
    })
    expect(first?.exercise.complete.full).toEqual([
      { kind: 'field', field: 'sleep', atLeast: 1 },
      { kind: 'field', field: 'rest', atLeast: 1 },
      { kind: 'field', field: 'basics', atLeast: 2 },
      { kind: 'any', fields: ['line', 'letter'] },
    ])
    expect(second?.exercise).toMatchObject({ intro: '', timer: null, mood: false })
    expect(second?.exercise.fields[3]).toMatchObject({
      parts: [{ text: 'When ' }, { blank: 'when' }, { text: ', I ' }, { blank: 'do' }, { text: '.' }],
    })
  })

  test('copies the earlier sliders into a field that repeats them', () => {
    const repeat = parsed().lessons[1]?.exercise.fields[0]
    expect(repeat).toMatchObject({ type: 'repeat', scales: [{ id: 'sleep', max: 10 }, { id: 'rest' }] })
  })

  test('is parsed the same with Windows line endings and a byte order mark', () => {
    const windows = Object.entries(SMALL_COURSE).map(([name, text]) => [name, `\uFEFF${text.replaceAll('\n', '\r\n')}`])
    expect(parsed(Object.fromEntries(windows))).toEqual(parsed())
  })

  test('needs no tracks', () => {
    const [words = ''] = (SMALL_COURSE['course.yaml'] ?? '').split('audiences:')
    const plain = (SMALL_COURSE['day-1.md'] ?? '')
      .replace(', for: [walk], except: [light]', '')
      .replace('  no-share: [light]\n', '')
      .replace('::: for walk swim', '::: for common')
      .replace('::: for light', '::: for common')
    expect(parsed({ 'course.yaml': words, 'day-1.md': plain }).tracks).toEqual([])
  })

  test('ignores files that are parsed elsewhere or do not belong to a course', () => {
    const others = {
      'assessment.yaml': ':',
      'help-numbers.yaml': ':',
      'pages/help.md': '',
      'library/a.md': '',
      'a.png': '',
    }
    expect(parsed(others).lessons).toHaveLength(2)
  })
})

describe('a course with problems', () => {
  const day1 = 'day-1.md'
  const table: [what: string, changes: Record<string, string | null>, problem: RegExp, line?: number][] = [
    ['no course file', { 'course.yaml': null }, /^course\.yaml: This file is missing\./],
    ['no closing', { 'closing.md': null }, /^closing\.md: This file is missing\./],
    [
      'days with a gap',
      { 'day-2.md': null, 'day-3.md': (SMALL_COURSE['day-2.md'] ?? '').replace('day: 2', 'day: 3') },
      /^day-2\.md: This file is mis/,
    ],
    ['no day at all', { 'day-1.md': null, 'day-2.md': null }, /^day-1\.md: This file is missing\./],
    ['a misnamed day', { 'dya-3.md': 'x' }, /^dya-3\.md: A course has no file of this name\./],
    ['a day numbered otherwise', spoil(day1, 'day: 1', 'day: 2'), /^day-1\.md:(\d+): .*The file is named day 1/],
    ['no front matter', { 'day-2.md': 'The second day.' }, /^day-2\.md:(\d+): .*There is no front matter\./],
    [
      'front matter without end',
      { 'closing.md': '---\ntitle: x\n' },
      /^closing\.md:(\d+): .*The front matter does not end/,
      1,
    ],
    [
      'YAML that is none',
      spoil(day1, 'goal: Begin.', 'goal: "Begin.'),
      /^day-1\.md:(\d+): .*A quotation mark is opened here/,
    ],
    ['a key twice', spoil(day1, 'goal: Begin.', 'goal: Begin.\ngoal: Again.'), /^day-1\.md:(\d+): .*is used twice/],
    ['an unknown key', spoil(day1, 'goal: Begin.', 'goal: Begin.\ngaol: x'), /^day-1\.md:(\d+): .*unknown key "gaol"/],
    ['a missing key', spoil(day1, 'goal: Begin.\n', ''), /^day-1\.md:(\d+): .*has no "goal"/, 2],
    ['a wrong type', spoil(day1, 'minutes: 3', 'minutes: three'), /^day-1\.md:(\d+): .*minutes is not a whole number/],
    ['an hour there is not', spoil('course.yaml', 'hour: 7', 'hour: 24'), /^course\.yaml:(\d+): .*default-hour is not/],
    ['a long mark', spoil('course.yaml', 'SM', 'SMALL'), /^course\.yaml:(\d+): .*The mark "SMALL" is too long/],
    [
      'a headline of two lines',
      spoil('course.yaml', 'mark: SM', 'mark: SM\nheadline: |\n  One\n  Two'),
      /^course\.yaml:(\d+): .*headline has more than one line/,
    ],
    [
      'a switch that is neither on nor off',
      spoil('course.yaml', 'mark: SM', 'mark: SM\npreview-lesson: perhaps'),
      /^course\.yaml:(\d+): .*preview-lesson is neither true nor false/,
    ],
    [
      'a library for nobody',
      spoil('course.yaml', 'mark: SM', 'mark: SM\nlibrary: closed'),
      /^course\.yaml:(\d+): .*"closed"/,
    ],
    [
      'no language',
      spoil('course.yaml', 'language: en', 'language: e_n!'),
      /^course\.yaml:(\d+): .*"e_n!" is not a language/,
    ],
    [
      'a name twice',
      spoil('course.yaml', 'Swimmers. }', 'Swimmers. }\n    - { name: walk, title: A, summary: B }'),
      /^course\.yaml:(\d+): .*The audience "walk" is used/,
    ],
    [
      'a track called common',
      spoil('course.yaml', 'Swimmers. }', 'Swimmers. }\n    - { name: common, title: A, summary: B }'),
      /^course\.yaml:(\d+): .*"common" means/,
    ],
    ['an empty list', spoil('course.yaml', '[Anyone.]', '[]'), /^course\.yaml:(\d+): .*for is empty/],
    ['an unknown field type', spoil(day1, 'type: text', 'type: txt'), /^day-1\.md:(\d+): .*type is "txt"/],
    ['a field without type', spoil(day1, 'type: text, ', ''), /^day-1\.md:(\d+): .*The field has no "type"/],
    ['a key of another type', spoil(day1, 'max: 20', 'rows: 20'), /^day-1\.md:(\d+): .*unknown key "rows"/],
    [
      'a field id twice',
      spoil('day-2.md', 'id: side', 'id: again'),
      /^day-2\.md:(\d+): .*The field "again" is used twice/,
    ],
    [
      'an id of the mood sliders',
      spoil('day-2.md', 'id: side', 'id: mood-after'),
      /^day-2\.md:(\d+): .*The id "mood-after" bel/,
    ],
    ['an id in capitals', spoil('day-2.md', 'id: side', 'id: Side'), /^day-2\.md:(\d+): .*"Side" is not a name/],
    ['an option id twice', spoil(day1, 'id: drink', 'id: eat'), /^day-1\.md:(\d+): .*The id "eat" is used twice/],
    [
      'a single option',
      spoil('day-2.md', ', { id: right, label: Right }', ''),
      /^day-2\.md:(\d+): .*options has fewer than two options/,
    ],
    ['a scale upside down', spoil(day1, 'max: 10, low', 'max: 0, low'), /^day-1\.md:(\d+): .*The scale ends at 0/],
    ['a guide upside down', spoil(day1, '[150, 400]', '[400, 150]'), /^day-1\.md:(\d+): .*guide is not a range/],
    [
      'more picks than options',
      spoil(day1, 'pick: 2', 'pick: 4'),
      /^day-1\.md:(\d+): .*pick is not a whole number from 1 to 3/,
    ],
    ['a bin there is not', spoil('day-2.md', 'bin: cold', 'bin: warm'), /^day-2\.md:(\d+): .*There is no bin "warm"/],
    [
      'a sentence without blank',
      spoil('day-2.md', '"When {{when}}, I {{do}}."', 'Hm'),
      /^day-2\.md:(\d+): .*The sentence has no b/,
    ],
    [
      'a blank twice',
      spoil('day-2.md', '{{do}}', '{{when}}'),
      /^day-2\.md:(\d+): .*The blank "\{\{when\}\}" is used twice/,
    ],
    ['an open blank', spoil('day-2.md', '{{do}}', '{{do'), /^day-2\.md:(\d+): .*The sentence has an unclosed blank/],
    [
      'a field for nobody known',
      spoil(day1, 'for: [walk]', 'for: [fly]'),
      /^day-1\.md:(\d+): .*"fly" is not a track or overlay/,
    ],
    [
      'sharing kept from nobody known',
      spoil(day1, 'no-share: [light]', 'no-share: [dark]'),
      /^day-1\.md:(\d+): .*"dark" is no/,
    ],
    [
      'a repeat of no earlier day',
      spoil('day-2.md', 'day: 1, f', 'day: 2, f'),
      /^day-2\.md:(\d+): .*"again" repeats day 2/,
    ],
    [
      'a repeat of no slider',
      spoil('day-2.md', '[sleep, rest]', '[line]'),
      /^day-2\.md:(\d+): .*Day 1 has no slider "line"/,
    ],
    [
      'complete names no field',
      spoil(day1, 'small: [sleep]', 'small: [slep]'),
      /^day-1\.md:(\d+): .*There is no field "slep"/,
    ],
    ['any names no field', spoil(day1, '[line, letter]', '[lime]'), /^day-1\.md:(\d+): .*There is no field "lime"/],
    [
      'Small asks for a field it lacks',
      spoil(day1, 'small: [sleep]', 'small: [line]'),
      /^day-1\.md:(\d+): .*"line" is not in the S/,
    ],
    ['more than there is', spoil(day1, 'at-least: 2', 'at-least: 4'), /^day-1\.md:(\d+): .*"basics" can never reach 4/],
    [
      'a note to fill in',
      spoil('day-2.md', 'field: sort, at-least: 2', 'field: aside, at-least: 1'),
      /^day-2\.md:(\d+): .*"aside" is/,
    ],
    [
      'a placeholder there is not',
      spoil(day1, '{{weekday}}. See', '{{day}}. See'),
      /^day-1\.md:(\d+): .*"\{\{day\}\}" is not a plac/,
    ],
    [
      'an open placeholder',
      spoil(day1, '{{weekday}}. See', '{{weekday. See'),
      /^day-1\.md:(\d+): .*"\{\{" is not a placeholder/,
    ],
    [
      'a placeholder in a subject',
      spoil(day1, '1{{, name}}', '1{{, nmae}}'),
      /^day-1\.md:(\d+): .*"\{\{, nmae\}\}" is not a placeholder/,
    ],
    [
      'a placeholder where none is filled',
      spoil(day1, 'Some words.', 'Hi {{name}}'),
      /^day-1\.md:(\d+): .*intro has a placeh/,
    ],
    [
      'a subject of two lines',
      spoil('day-2.md', 'subject: Day 2', 'subject: "Day\\n2"'),
      /^day-2\.md:(\d+): .*subject has more tha/,
    ],
    [
      'a second link',
      spoil(day1, 'The end.', 'The [end](https://x.org).'),
      /^day-1\.md:(\d+): .*This is a second link/,
    ],
    [
      'a second, bare link',
      spoil(day1, 'The end.', 'One\ntwo\nhttps://x.org'),
      /^day-1\.md:(\d+): .*This is a second link/,
      61,
    ],
    ['an unknown block', spoil(day1, '::: page', '::: pgae'), /^day-1\.md:(\d+): .*There is no block "pgae"/],
    ['a block for nobody', spoil(day1, '::: for walk swim', '::: for'), /^day-1\.md:(\d+): .*"::: for" has no names/],
    [
      'a block for nobody known',
      spoil(day1, '::: for walk swim', '::: for walk fly'),
      /^day-1\.md:(\d+): .*"fly" is not a track/,
    ],
    [
      'a block never closed',
      spoil('day-2.md', 'The second', '::: for walk\nThe second'),
      /^day-2\.md:(\d+): .*This block is never c/,
    ],
    ['a close too many', spoil('day-2.md', 'day.\n', 'day.\n:::\n'), /^day-2\.md:(\d+): .*This ":::" closes no block/],
    [
      'blocks that nest',
      spoil(day1, 'For those', '::: for light\nLight.\n:::\nFor those'),
      /^day-1\.md:(\d+): .*This block is inside/,
    ],
    [
      'an empty block',
      spoil(day1, 'For those on a track.\n', ''),
      /^day-1\.md:(\d+): .*The block that ends here is empty/,
    ],
    [
      'an email without text',
      spoil('day-2.md', 'The second day.\n', ''),
      /^day-2\.md:(\d+): .*The email has no text\./,
    ],
    [
      'no text for one track',
      spoil('day-2.md', 'The second day.', '::: for common walk\nHm.\n:::'),
      /The email has no text for "swim"/,
    ],
  ]

  test.each(table)('is refused for %s, with position and fix', (...[, changes, problem, line]) => {
    const problems = faultsOf(changes)
    expect(problems).toEqual([expect.stringMatching(problem)])
    expect(problems[0]).toMatch(/: .+[.?!)"] .+\.$/)
    const place = problem.exec(problems[0] ?? '')?.[1]
    if (place !== undefined) expect(Number(place)).toBe(line ?? firstChange(changes))
  })

  test('has every problem reported at once, in the order of files and lines', () => {
    const problems = faultsOf({
      ...spoil('course.yaml', 'hour: 7', 'hour: 24'),
      ...spoil('day-1.md', 'type: text', 'type: txt'),
      ...spoil('day-2.md', 'The second day.', '{{when}}\n:::'),
      'closing.md': null,
    })
    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      'closing.md:',
      'course.yaml:22:',
      'day-1.md:27:',
      'day-2.md:27:',
      'day-2.md:28:',
    ])
  })

  test('has its body checked even when its front matter is not YAML', () => {
    const problems = faultsOf({ 'closing.md': '---\ntitle: "x\n---\n{{who}}\n' })
    expect(problems.map((line) => line.slice(0, 13))).toEqual(['closing.md:2:', 'closing.md:4:'])
  })

  test('reports no unknown audiences when the course file cannot be parsed', () => {
    expect(faultsOf({ 'course.yaml': 'title: [' }).every((line) => line.startsWith('course.yaml:'))).toBe(true)
  })

  test('is reported on the last line of a file that ends with its front matter', () => {
    const text = '---\ntitle: The end\nsubject: The end\npreheader: Done.\n---'
    const problems = faultsOf({ 'closing.md': text })
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) expect(Number(/:(\d+):/.exec(problem)?.[1])).toBeLessThanOrEqual(5)
  })

  test('never makes the parser throw, whatever is removed or inserted', () => {
    const spoiled = fc.record({
      name: fc.constantFrom('course.yaml', 'day-1.md', 'day-2.md', 'closing.md'),
      at: fc.nat(2_000),
      cut: fc.nat(60),
      put: fc.constantFrom(
        '',
        ':',
        '- ',
        '"',
        '{',
        '[',
        '\n',
        '*a',
        '&a ',
        '? ',
        '---\n',
        ':::\n',
        '{{',
        '|',
        '\t',
        '~',
        '!x ',
        '1',
      ),
    })
    fc.assert(
      fc.property(fc.array(spoiled, { minLength: 1, maxLength: 3 }), (mistakes) => {
        const files: Record<string, string> = { ...SMALL_COURSE }
        for (const { name, at, cut, put } of mistakes) {
          const text = files[name] ?? ''
          const from = at % (text.length + 1)
          files[name] = text.slice(0, from) + put + text.slice(from + cut)
        }
        const result = parseCourse('small', filesOf(files))
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0)
        else expect(result.course.lessons).toHaveLength(2)
        for (const problem of 'problems' in result ? result.problems : []) {
          const lines = (files[problem.file.replace('lessons/small/', '')] ?? '').split('\n').length
          if (problem.line !== undefined) expect(problem.line <= lines && problem.line >= 1).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('is rejected for a folder name that is not valid in a URL', () => {
    const result = parseCourse('My Course', filesOf())
    expect('problems' in result && result.problems[0]?.what).toContain('"My Course" is not a valid course name')
  })
})
