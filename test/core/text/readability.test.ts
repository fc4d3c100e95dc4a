import { expect, test } from '@jest/globals'
import { measureText } from '../../../src/core/text/readability.ts'

test('counts words and sentences, with or without a full stop at the end of a paragraph', () => {
  expect(measureText('One two three. Four five!\n\nA heading\n\n- first point\n- second point')).toMatchObject({
    words: 11,
    sentences: 5,
  })
})

test('a plain text has a low grade and a dense one a high grade', () => {
  expect(measureText('The cat sat on the mat. It was warm. The sun was out.').grade).toBeLessThan(2)
  expect(
    measureText(
      'Organisational accountability necessitates comprehensive documentation of institutional responsibilities.',
    ).grade,
  ).toBeGreaterThan(18)
})

test('an empty text has no words and the grade 0', () => {
  expect(measureText(' \n')).toEqual({ words: 0, sentences: 0, grade: 0 })
})
