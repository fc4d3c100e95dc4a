import { describe, expect, test } from '@jest/globals'
import { MEASURES, readOptions } from '../../bench/options.ts'

describe('the options of the benchmarks', () => {
  test('are the full sizes and every measure where nothing is said', () => {
    expect(readOptions([])).toMatchObject({
      options: { only: MEASURES, messages: 10_000, rounds: 5, enrolments: 1_000_000, late: 50_000, rate: 3_000 },
    })
  })

  test('take small sizes with --quick, and a size said beside it wins', () => {
    expect(readOptions(['--quick', '--rounds', '3'])).toMatchObject({
      options: { quick: true, messages: 1_000, rounds: 3, horizons: ['15m', '1h'] },
    })
  })

  test('run the measures that --only names, each once and in the usual order', () => {
    expect(readOptions(['--only', 'lateness, sending,sending'])).toMatchObject({
      options: { only: ['sending', 'lateness'] },
    })
  })

  test('measure Postgres beside SQLite where both can be measured', () => {
    expect(readOptions([])).toMatchObject({ options: { databases: ['sqlite'] } })
    expect(readOptions(['--database', 'postgres'])).toMatchObject({
      options: { databases: ['sqlite', 'postgres'], only: ['sending', 'million', 'growth'] },
    })
    expect(readOptions(['--database', 'mysql'])).toEqual({
      problems: ['--database is "mysql". Use postgres, which is measured beside SQLite, or leave it out.'],
    })
    expect(readOptions(['--database', 'postgres', '--only', 'sending,lateness'])).toEqual({
      problems: ['--database postgres does not go with lateness. Use --only sending,million,growth.'],
    })
  })

  test('that are wrong are told all at once, each with its cure', () => {
    const read = readOptions([
      '--only',
      'speed',
      '--rounds',
      '0',
      '--messages',
      '1e3',
      '--profile',
      'web',
      '--horizons',
      '1x',
    ])
    expect(read).toEqual({
      problems: [
        '--messages is "1e3". Use a whole number from 1 to 1000000, such as --messages 10000.',
        '--rounds is "0". Use a whole number from 1 to 99, such as --rounds 5.',
        expect.stringMatching(/^--only names "speed", which is no measure\. Use one or more of sending, /),
        '--profile names "web". Only the worker while it sends is profiled: --profile sending.',
        expect.stringMatching(/^--horizons names "1x"\. Use lengths of time/),
      ],
    })
  })

  test.each([
    [['--speed'], "Unknown option '--speed'."],
    [['sending'], "Unexpected argument 'sending'."],
    [['--rounds'], "Option '--rounds <value>' argument missing."],
  ])('that nobody knows (%j) are told with the way to the list', (argv, sentence) => {
    expect(readOptions(argv)).toEqual({ problems: [`${sentence} "npm run bench -- --help" lists what there is.`] })
  })

  test('are all named by --help', () => {
    const read = readOptions(['--help'])
    const help = 'help' in read ? read.help : ''
    for (const name of ['only', 'quick', 'messages', 'keep-data', 'strict', 'horizons', 'out', 'profile', 'database'])
      expect(help).toContain(`--${name}`)
  })
})
