import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Course } from '../../../src/core/course/course.ts'
import type { Composer, EmailToCompose, OutgoingMessage } from '../../../src/flow/ports/ports.ts'
import { type ComposerOptions, createComposer } from '../../../src/mail/message/composer.ts'
import { dotStuff } from '../../../src/mail/smtp/dot-stuff.ts'
import { hostileLine, hostileText } from './hostile.ts'
import { loadSamples, type Samples } from './sample-mail.ts'

/** Dots wherever a line may begin, among all that is hostile. */
const text = () =>
  fc.array(fc.oneof(hostileText(), fc.constantFrom('.', '\n.', '\r.', '\r\n.', ' .', '\t.', '.'.repeat(80)))).map(join)
const line = () => fc.array(fc.oneof(hostileLine(), fc.constantFrom('.', ' .', '. ', '.'.repeat(80)))).map(join)
const join = (pieces: readonly string[]) => pieces.join('')

let samples: Samples
let options: ComposerOptions
let composer: Composer

beforeAll(async () => {
  const key = generateKeyPairSync('ed25519').privateKey
  samples = await loadSamples()
  options = { ...samples.options, dkim: { domain: 'example.org', selector: 's1', key }, postmark: true }
  composer = createComposer(options)
})

/** The message, or null where the composer refuses to make it. */
async function compose(mail: EmailToCompose, changes?: Partial<ComposerOptions>): Promise<OutgoingMessage | null> {
  try {
    const own = changes === undefined ? composer : createComposer({ ...options, ...changes })
    return await own.compose(mail)
  } catch (error) {
    expect(error).toMatchObject({ code: 'misconfigured' })
    return null
  }
}

function expectDotFree({ raw, dotFree }: OutgoingMessage): void {
  expect(dotFree).toBe(true)
  // Itself, not a copy: there was nothing to double.
  expect(dotStuff(raw) === raw).toBe(true)
}

describe('no line of a mail begins with a dot, whatever', () => {
  async function check(
    values: fc.Arbitrary<string>,
    put: (value: string) => Partial<EmailToCompose>,
    configure?: (value: string) => Partial<ComposerOptions>,
  ): Promise<void> {
    let composed = 0
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const message = await compose(samples.mail(put(value)), configure?.(value))
        if (message === null) return
        composed += 1
        expectDotFree(message)
      }),
      { numRuns: 40 },
    )
    expect(composed).toBeGreaterThan(0)
  }

  test('the name', () => check(text(), (name) => ({ name })))

  test.each(['open', 'stop', 'oneClickStop', 'mailToStop', 'help', 'view'] as const)('the link "%s"', (link) =>
    check(
      fc.oneof(
        text().map((end) => `https://www.example.org/${end}`),
        text(),
        fc.constantFrom('https://www.example.org/.x', 'a@example.org', '.@example.org'),
      ),
      (url) => ({ links: { ...samples.mail().links, [link]: url } }),
    ),
  )

  test.each([
    [
      'the recipient',
      fc.oneof(text(), line(), fc.constantFrom('a@example.org', '.@example.org', '.a.@.b.')),
      (to: string) => ({ to }),
    ],
    [
      'the Message-ID',
      fc.oneof(text(), fc.constantFrom('.@.', '<.@.>', 'a@b')),
      (messageId: string) => ({ messageId }),
    ],
    ['the tag for the relay', text(), (deliveryTag: string) => ({ deliveryTag })],
  ])('%s', (_what, values, put) => check(values, put))

  test.each(['subject', 'sender', 'title', 'language'] as const)('a course has for its %s', (word) =>
    check(line(), (value) => ({ course: rewritten({ [word]: value.replace(/\{\{|\}\}/g, '') }) })),
  )

  test('a lesson says', () =>
    check(
      text().map((value) => value.replaceAll('\r', '').replace(/\{\{|\}\}|!\[/g, '')),
      (value) => ({ course: rewritten({ markdown: `${value}\n\n{{name}}${value}{{, name}}` }), name: '.' }),
    ))

  test('the postal address is', () =>
    check(
      text().filter((value) => value.trim() !== ''),
      () => ({}),
      (postalAddress) => ({ postalAddress }),
    ))

  test('the sender is', () =>
    check(
      fc.oneof(text(), fc.constantFrom('.@example.org', 'a@example.org')),
      () => ({}),
      (address) => ({ from: { name: '.', address } }),
    ))
})

function rewritten({ markdown, subject, ...course }: Partial<Record<string, string>>): Course {
  const [first, ...rest] = samples.course.lessons
  if (first === undefined) throw new Error('The fixture has no lesson.')
  const body =
    markdown === undefined
      ? first.body
      : [{ audiences: [], pageOnly: false, text: { markdown, file: 'day-1.md', line: 1 } }]
  return { ...samples.course, ...course, lessons: [{ ...first, subject: subject ?? first.subject, body }, ...rest] }
}
