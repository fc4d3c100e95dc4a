import fc from 'fast-check'

/** What people and those who mean harm type, and what has broken encoders before. */
const PIECES = [
  ' ',
  '  ',
  '\t',
  '.',
  '..',
  'From ',
  '>From ',
  '=',
  '=?',
  '?=',
  '=?utf-8?Q?=0D=0ABcc:_eve?=',
  '=\r\n',
  '--',
  '"',
  '\\',
  '<b>',
  '&amp;',
  "'",
  '{{name}}',
  '{{openUrl}}',
  '$&',
  ',',
  'Zoë',
  'e\u0301\u0323',
  '👩‍👩‍👧',
  '🌱',
  '\u{10ffff}',
  'שרה',
  'مريم',
  'Łódź',
  '日本語',
  '\u202e',
  '\u00a0',
  '\ufeff',
  '\ud800',
  'x'.repeat(75),
  'y'.repeat(76),
  'z'.repeat(300),
  'a word ',
]
const BREAKS = ['\n', '\r\n', '\r', '\n.\n', '\r\n.\r\n', '\u2028', '\u0000', '\u0085']

/** Text without line breaks and other control characters. */
export const hostileLine = () => joined(fc.oneof(fc.constantFrom(...PIECES.filter((one) => !one.includes('\r'))), LINE))

/** Any text at all. */
export const hostileText = () =>
  joined(fc.oneof(fc.constantFrom(...PIECES, ...BREAKS), LINE, fc.string({ unit: 'binary' })))

const LINE = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ''))

function joined(piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
}
