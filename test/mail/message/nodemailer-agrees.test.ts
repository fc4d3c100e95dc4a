import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import PostalMime, { decodeWords } from 'postal-mime'
import type { Course } from '../../../src/core/course/course.ts'
import type { EmailToCompose } from '../../../src/flow/ports/ports.ts'
import { type ComposerOptions, createComposer } from '../../../src/mail/message/composer.ts'
import { type EveryMessage, everyMessage } from './every-message.ts'
import { hostileLine, hostileText } from './hostile.ts'
import { nodemailerMessage } from './nodemailer-message.ts'
import { loadSamples, type Samples } from './sample-mail.ts'
import { decodeQuotedPrintable, relaxedBody, takeApart } from './take-apart.ts'

let every: EveryMessage
let samples: Samples

beforeAll(async () => {
  every = await everyMessage([])
  samples = await loadSamples()
})

/** What a reader gets of a message: every field and every part, decoded. */
async function read(raw: Buffer) {
  // A parser takes U+FEFF off wherever an encoded word begins with it, and the two break words at other places.
  const { headers, from, to, subject, date, messageId, html, text } = await PostalMime.parse(raw)
  const fields = headers.map(({ key, value }) => {
    const structured = key === 'content-type' ? value.replace(/\s*boundary="[^"]*"/, '') : value
    return [key, ['from', 'to'].includes(key) ? 'below' : decodeWords(structured).replaceAll('\ufeff', '')]
  })
  const names = JSON.parse(JSON.stringify([from, to, subject]).replaceAll('\ufeff', ''))
  return { fields: fields.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)), names, date, messageId, html, text }
}

/** The parts with their own headers, decoded to the letter. */
function partsOf(raw: Buffer) {
  const [boundary, body] = [/boundary="([^"]*)"/, /\r\n\r\n([\s\S]*)/].map(
    (one) => one.exec(raw.toString('latin1'))?.[1],
  )
  return `\r\n${body}`
    .split(`\r\n--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', ...rest] = part.slice(2).split('\r\n\r\n')
      return { head: head.split('\r\n'), text: decodeQuotedPrintable(rest.join('\r\n\r\n')) }
    })
}

async function expectAgreement(mail: EmailToCompose, options: ComposerOptions, composer = createComposer(options)) {
  const { raw } = await composer.compose(mail)
  const judge = await nodemailerMessage(mail, composer.show(mail), options)
  expect(await read(raw)).toEqual(await read(judge))
  expect(partsOf(raw)).toEqual(partsOf(judge))
  return raw
}

/** RFC 5321 sections 2.3.8 and 4.5.2, RFC 5322 section 2.1.1, and what signing without a second look asks for. */
function expectFitForTheWire(raw: Buffer) {
  const text = raw.toString('latin1')
  const { body, parts } = takeApart(raw)
  expect(text).toMatch(/^[ -~\r\n]*$/)
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(text).not.toMatch(/^\.|^.{999}/m)
  expect(body).not.toMatch(/^From |^.{77}/m)
  expect(relaxedBody(body)).toBe(body)
  expect(parts.map(({ fields }) => fields)).toEqual(
    ['text/plain', 'text/html'].map((type) => [
      ['Content-Type', `${type}; charset=utf-8`],
      ['Content-Transfer-Encoding', 'quoted-printable'],
    ]),
  )
}

test('every mail of every course, in every form, reads as the one that Nodemailer makes of it', async () => {
  const { composer, options } = every
  for (const { form, email } of every.mails) {
    const name = form.includes('gentle') ? 'Zoë “🌱” Łódź' : email.name
    const links = { ...email.links, mailToStop: 'unsubscribe+00ff@bounces.course.example' }
    expectFitForTheWire(await expectAgreement({ ...email, name, links }, options, composer))
  }
}, 120_000)

describe('a mail reads as the one that Nodemailer makes of it', () => {
  test('whatever the name', async () => {
    const names = fc.oneof(
      hostileLine(),
      hostileText(),
      fc.constantFrom('', ' ', '.', 'From ', '\u0301', 'x'.repeat(2_000)),
    )
    await fc.assert(
      fc.asyncProperty(names, fc.boolean(), async (name, discreet) => {
        const nextLessonAt = discreet ? null : samples.mail().nextLessonAt
        const mail = samples.mail({ name, discreet, nextLessonAt, kind: discreet ? 'already-active' : 'lesson' })
        expectFitForTheWire(await expectAgreement(mail, samples.options, samples.composer))
      }),
      { numRuns: 80 },
    )
  })

  test('whatever the lesson and the course say', async () => {
    const words = hostileText().map((text) => text.replaceAll('\r', '').replace(/\{\{|\}\}|!\[/g, ''))
    const line = hostileLine().map((text) => `Day ${text.replace(/\{\{|\}\}/g, '')}`)
    await fc.assert(
      fc.asyncProperty(words, line, line, async (markdown, subject, sender) => {
        const course = rewritten({
          markdown: `${markdown}\n\n{{name}}${markdown}{{, name}}`,
          subject: `${subject}{{, name}}`,
          sender,
        })
        const mail = samples.mail({ course, name: '.Zoë' })
        expectFitForTheWire(await expectAgreement(mail, samples.options, samples.composer))
      }),
      { numRuns: 60 },
    )
  })

  test('in other scripts, to addresses in other alphabets, and by a relay that wants headers of its own', async () => {
    const course = rewritten({
      markdown: '.first\n\n今日は。'.repeat(60),
      subject: '第一日：足元を確かめる'.repeat(6),
      sender: 'שבוע יציב',
      title: 'Неделя',
      language: 'ja',
    })
    const options = { ...samples.options, postmark: true, from: { name: '', address: 'hallo@bücher.example' } }
    const to = 'Ada.L@BÜCHER.example'
    await expectAgreement(samples.mail({ course, to, deliveryTag: '1-abcdefghijklmnop' }), options)
    await expectAgreement(samples.mail({ to: 'a..b@example.com' }), options)
    await expectAgreement(samples.mail({ to: 'zoë@bücher.example' }), options)
  })
})

test('line breaks and lone dots in a link stay in the link', async () => {
  const open = 'https://www.example.org/\r\n.\r\nQUIT\r\n\r\n--=_\n.\nFrom me\r.\r'
  const mail = samples.mail()
  const { raw } = await samples.composer.compose({ ...mail, links: { ...mail.links, open } })
  expectFitForTheWire(raw)
  expect(partsOf(raw)[0]?.text).toContain(open.replace(/\r?\n/g, '\r\n'))
})

function rewritten(words: {
  markdown: string
  subject: string
  sender: string
  title?: string
  language?: string
}): Course {
  const [first, ...rest] = samples.course.lessons
  if (first === undefined) throw new Error('The fixture has no lesson.')
  const { markdown, subject, ...course } = words
  const body = [{ audiences: [], pageOnly: false, text: { markdown, file: 'day-1.md', line: 1 } }]
  return { ...samples.course, ...course, lessons: [{ ...first, subject, body }, ...rest] }
}
