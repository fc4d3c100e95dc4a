import { describe, expect, test } from '@jest/globals'
import { blocksFor, fieldsFor, isForReader, packVariant, unpackVariant } from '../../../src/core/course/variant.ts'
import { COMMON_VARIANT } from '../../../src/core/model.ts'
import { parsed } from './small-course.ts'

const walk = { track: 'walk', overlays: [] }
const lightWalk = { track: 'walk', overlays: ['light'] }

describe('audiences', () => {
  test.each([
    [[], COMMON_VARIANT, true],
    [['common'], COMMON_VARIANT, true],
    [['common'], walk, false],
    [['walk', 'swim'], walk, true],
    [['swim'], walk, false],
    [['light'], walk, false],
    [['light'], lightWalk, true],
    [['light'], { track: null, overlays: ['light'] }, true],
    [['common'], { track: null, overlays: ['light'] }, true],
    [['common', 'walk'], lightWalk, true],
  ])('%j for %j: %s', (audiences, variant, expected) => {
    expect(isForReader(audiences, variant)).toBe(expected)
  })
})

describe('the blocks of a body', () => {
  const body = parsed().lessons[0]?.body ?? []
  const firstWords = (blocks: readonly { text: { markdown: string } }[]) =>
    blocks.map(({ text }) => text.markdown.split(' ')[0])

  test('leave out page-only blocks in the email, and blocks for other readers everywhere', () => {
    expect(firstWords(blocksFor(body, COMMON_VARIANT, { page: false }))).toEqual([
      expect.stringContaining('Hello'),
      'The',
    ])
    expect(firstWords(blocksFor(body, walk, { page: false }))).toContain('For')
    expect(firstWords(blocksFor(body, walk, { page: true }))).toEqual([
      expect.stringContaining('Hello'),
      'For',
      'Only',
      'The',
      'The',
    ])
    expect(firstWords(blocksFor(body, lightWalk, { page: true }))).toContain('Light')
    expect(firstWords(blocksFor(body, lightWalk, { page: false }))).not.toContain('Light')
  })
})

describe('the fields of an exercise', () => {
  const exercise = parsed().lessons[0]?.exercise
  const ids = (...given: Parameters<typeof fieldsFor> extends [unknown, ...infer Rest] ? Rest : never) =>
    exercise && fieldsFor(exercise, ...given).map(({ id }) => id)

  test('are those of the form and of the reader, in order', () => {
    expect(ids(COMMON_VARIANT, 'full')).toEqual(['sleep', 'basics', 'line', 'letter'])
    expect(ids(walk, 'full')).toEqual(['sleep', 'rest', 'basics', 'line', 'letter'])
    expect(ids(walk, 'small')).toEqual(['sleep', 'basics'])
    expect(ids(walk, 'not-today')).toEqual([])
  })

  test('are hidden from excepted audiences, even if the track matches', () => {
    expect(ids(lightWalk, 'full')).not.toContain('rest')
  })
})

describe('a packed variant', () => {
  const named = (...names: readonly string[]) => names.map((name) => ({ name, title: name, summary: name }))
  const short = { tracks: named('walk', 'swim'), overlays: named('light', 'gentle') }
  const long = { tracks: named('w'.repeat(90), 'swim'), overlays: named('l'.repeat(90), 'o') }

  test.each([
    ['short names', short, 128],
    ['long names', long, 256],
  ])('of a course with %s has one size for every reader, and unpacks unchanged', (_, course, bytes) => {
    for (const track of [null, ...course.tracks.map(({ name }) => name)])
      for (const overlays of [
        [],
        ...course.overlays.map(({ name }) => [name]),
        course.overlays.map(({ name }) => name),
      ]) {
        const packed = packVariant({ track, overlays }, course)
        expect(Buffer.byteLength(packed)).toBe(bytes)
        expect(unpackVariant(packed)).toEqual({ track, overlays })
      }
  })

  test.each([
    ['short names', short],
    ['long names', long],
  ])('of a course with %s includes the version of a sent day without changing its size', (_, course) => {
    const edition = '2026-11-2'
    const all = [null, ...course.tracks.map(({ name }) => name)].flatMap((track) =>
      [[], course.overlays.map(({ name }) => name)].map((overlays) => ({ track, overlays, edition })),
    )
    for (const variant of all) expect(unpackVariant(packVariant(variant, course))).toEqual(variant)
    expect(new Set(all.map((variant) => packVariant(variant, course).length)).size).toBe(1)
  })

  test('keeps names that the course no longer has, and those of a deleted course', () => {
    const variant = { track: 'x'.repeat(300), overlays: ['é'] }
    for (const course of [short, null]) expect(unpackVariant(packVariant(variant, course))).toEqual(variant)
    expect(Buffer.byteLength(packVariant(COMMON_VARIANT, null))).toBe(128)
  })
})
