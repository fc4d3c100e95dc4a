import { describe, expect, test } from '@jest/globals'
import { linesToChoose, MAX_OWN_LINE, ownLineOf } from '../../../src/core/exercise/own-line.ts'

describe('an own line', () => {
  test('is one line without outer spaces, and not longer than a breath', () => {
    expect(ownLineOf('  I stay,\r\n and  I breathe. ')).toBe('I stay, and I breathe.')
    expect(ownLineOf(' \n ')).toBe('')
    expect(ownLineOf('x'.repeat(MAX_OWN_LINE))).toHaveLength(MAX_OWN_LINE)
    expect(ownLineOf('x'.repeat(MAX_OWN_LINE + 1))).toBeNull()
  })

  test('can be any line that was written, and any sentence of a longer text, each once', () => {
    const long = `I began small. ${'Then I went on and on '.repeat(20)}. I stay!`
    expect(linesToChoose(['One line', '', ' One  line ', long], 'en')).toEqual([
      'One line',
      'I began small.',
      'I stay!',
    ])
    expect(linesToChoose(['y'.repeat(MAX_OWN_LINE + 1)], 'de')).toEqual([])
  })
})
