import { beforeAll, describe, expect, test } from '@jest/globals'
import { type AppError, ProblemsError } from '../../../src/core/errors.ts'
import { createComposer } from '../../../src/mail/message/composer.ts'
import {
  everyMail,
  header,
  LESSONS,
  linksOfHtml,
  linksOfText,
  loadSamples,
  parse,
  type Samples,
} from './sample-mail.ts'

let samples: Samples
let real: Samples

beforeAll(async () => {
  samples = await loadSamples()
  real = await loadSamples(LESSONS)
})

describe('every mail', () => {
  test('carries the headers that mailbox providers ask for, each once', async () => {
    for (const mail of [...everyMail(samples), ...everyMail(samples, { discreet: true })]) {
      const { raw, from, to } = await samples.composer.compose(mail)
      const email = await parse(raw)
      expect([from, to]).toEqual(['hello@example.org', 'ada@example.com'])
      expect(email.from?.address).toBe('hello@example.org')
      expect(email.to).toEqual([{ name: '', address: 'ada@example.com' }])
      expect(email.date).toBe('2026-11-23T06:00:00.000Z')
      expect(email.messageId).toBe('<r4nd0m-Id@www.example.org>')
      expect(header(email, 'List-Id')).toMatch(/^"[\w ]+" <[a-z-]+\.www\.example\.org>$/)
      expect(header(email, 'List-Unsubscribe')).toBe('<https://www.example.org/stop/one-click-token>')
      expect(header(email, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
      expect(header(email, 'Auto-Submitted')).toBe('auto-generated')
      expect(header(email, 'Content-Language')).toBe('en')
      expect(header(email, 'Feedback-ID')).toMatch(/^[\w-]+:[\w-]+:mail:\w{5,15}$/)
      const names = email.headers.map(({ key }) => key)
      expect(names).toEqual([...new Set(names)])
    }
  })

  test('leaves with the envelope sender it is given, and offers to stop by mail where an address takes it', async () => {
    const links = { ...samples.mail().links, mailToStop: 'unsubscribe+00ff@bounces.example.org' }
    const envelopeFrom = 'bounce+1-abcdefghijklmnop@bounces.example.org'
    const deliveryTag = '1-abcdefghijklmnop'
    for (const mail of everyMail(samples, { links, envelopeFrom, deliveryTag })) {
      const { raw, from } = await samples.composer.compose(mail)
      const email = await parse(raw)
      expect(from).toBe(envelopeFrom)
      expect(email.from?.address).toBe('hello@example.org')
      expect(header(email, 'List-Unsubscribe')).toBe(
        '<https://www.example.org/stop/one-click-token>, <mailto:unsubscribe+00ff@bounces.example.org?subject=stop>',
      )
      expect(header(email, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
      // The tag is for relays that are told to keep it, and nobody else.
      expect(raw.toString('latin1')).not.toContain(deliveryTag)
    }
    const bad = { ...links, mailToStop: 'unsubscribe+00ff@bounces.example.org>\r\nBcc: eve@example.com' }
    await expect(samples.composer.compose(samples.mail({ links: bad }))).rejects.toMatchObject({
      code: 'misconfigured',
    })
  })

  test('has the same links in its HTML and its text, and shows the address, the reason and one way to stop', async () => {
    const links = { ...samples.mail().links, help: 'https://www.example.org/help' }
    for (const mail of [...everyMail(samples, { links }), ...everyMail(samples, { links, discreet: true })]) {
      const { html, text } = await parse((await samples.composer.compose(mail)).raw)
      expect(new Set(linksOfText(text))).toEqual(new Set(linksOfHtml(html)))
      expect(linksOfText(text)).toContain(links.open)
      expect(linksOfText(text).filter((link) => link === links.stop)).toHaveLength(1)
      expect(html.replaceAll('<br>', '\n')).toContain('Example House\n1 Sample Street\n12345 Sampletown')
      expect(text).toContain('Example House\n1 Sample Street\n12345 Sampletown')
    }
  })

  test('loads nothing from the network and leaves no slot unfilled', async () => {
    for (const mail of [...everyMail(samples), ...everyMail(samples, { discreet: true })]) {
      const { html, text, subject } = await parse((await samples.composer.compose(mail)).raw)
      expect(html).not.toMatch(/<img|<link|url\(|@import|<script/i)
      const unfilled = /\{\{|\}\}(?!\s)/
      expect(html.replace(/<style[\s\S]*?<\/style>/g, '')).not.toMatch(unfilled)
      expect(text).not.toMatch(unfilled)
      expect(subject).not.toMatch(unfilled)
    }
  })

  test('is plain ASCII with CRLF line ends and no long line', async () => {
    for (const mail of everyMail(real, { name: 'Zoë 🌱' })) {
      const raw = (await real.composer.compose(mail)).raw.toString('latin1')
      expect(raw).toMatch(/^[\t\r\n -~]*$/)
      expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(200)
      const body = raw.slice(raw.indexOf('\r\n\r\n'))
      expect(Math.max(...body.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
    }
  })

  test('has the same bytes for the same input, and from another composer too', async () => {
    const other = createComposer(samples.options)
    for (const mail of everyMail(samples)) {
      const first = (await samples.composer.compose(mail)).raw
      expect((await samples.composer.compose(mail)).raw.equals(first)).toBe(true)
      expect((await other.compose({ ...mail })).raw.equals(first)).toBe(true)
      expect((await other.compose({ ...mail, messageId: 'another@www.example.org' })).raw.equals(first)).toBe(false)
    }
  })

  test('of the real course stays well under 80 KB of HTML, on every track', async () => {
    const { course, composer } = real
    const overlays = course.overlays.map(({ name }) => name)
    for (const track of [null, ...course.tracks.map(({ name }) => name)]) {
      for (const mail of everyMail(real, { variant: { track, overlays } })) {
        const { html } = await parse((await composer.compose(mail)).raw)
        expect(Buffer.byteLength(html)).toBeLessThan(40 * 1024)
      }
    }
  })
})

describe('a lesson mail', () => {
  test('says what the lesson file says, in HTML and in text, without what is for the page only', async () => {
    const email = await parse((await samples.composer.compose(samples.mail())).raw)
    expect(email.from?.name).toBe('Kinder Mornings')
    expect(email.subject).toBe('First letter: look at this morning, Ada')
    for (const part of [email.html, email.text]) {
      expect(part).toContain('Look at this morning')
      expect(part).toContain('Hello, Ada,')
      expect(part).toContain('On a Monday they may be')
      expect(part).toContain('Day 1 of 3')
      expect(part).toContain('What you would miss')
      expect(part).toContain('This morning on paper')
      expect(part).not.toContain('stays out of the mail')
    }
    expect(email.html).toMatch(/<html lang="en" dir="ltr"/)
    expect(email.html).toContain('Only looking, nothing to change yet.')
    expect(email.html).toContain('not</strong> medical advice')
    expect(email.text).toContain('It is not medical advice.')
    expect(Math.max(...email.text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('goes without name and comma for a learner who gave none', async () => {
    const email = await parse((await samples.composer.compose(samples.mail({ name: ' ' }))).raw)
    expect(email.subject).toBe('First letter: look at this morning')
    expect(email.text).toContain('\nHello,\n')
  })

  test('names the weekday of the learner, not of the server', async () => {
    const date = Date.parse('2026-11-22T23:30:00Z')
    for (const [timeZone, weekday] of [
      ['Europe/Berlin', 'Monday'],
      ['America/New_York', 'Sunday'],
    ] as const) {
      const mail = samples.mail({ date, timeZone, discreet: true })
      expect((await parse((await samples.composer.compose(mail)).raw)).subject).toBe(`Your ${weekday} note`)
    }
  })

  test('shows each reader their own blocks, once each, whatever order the overlays are in', async () => {
    const mail = (track: string | null, overlays: string[] = []) =>
      real.composer.compose(real.mail({ variant: { track, overlays } }))
    const common = await parse((await mail(null)).raw)
    const mend = await parse((await mail('mend')).raw)
    expect(common.text).toContain('different roads')
    expect(mend.text).not.toContain('different roads')
    expect(mend.text?.replace(/\s+/g, ' ')).toContain('You know what you did, and so do they')
    const both = (await mail('mend', ['lighter', 'gentle'])).raw
    expect((await mail('mend', ['gentle', 'lighter'])).raw.equals(both)).toBe(true)
    expect((await mail('no-such-track', ['no-such-overlay'])).raw.equals((await mail(null)).raw)).toBe(true)
  })

  test('has its button before the last words, on every day and at the end', async () => {
    for (const day of [...real.course.lessons.map((lesson) => lesson.day), null]) {
      const mail = real.mail(day === null ? { kind: 'closing', day } : { day })
      const { html = '', text = '' } = await parse((await real.composer.compose(mail)).raw)
      for (const part of [html, text]) {
        const button = part.search(/Open today|Look back at your days/)
        expect(button).toBeGreaterThan(0)
        expect(part.indexOf('With care,')).toBeGreaterThan(button)
      }
      if (day !== null) expect(text.indexOf('Tomorrow: ')).toBeGreaterThan(text.indexOf('Open today'))
    }
  })

  test('links to help where there is a help page', async () => {
    const links = { ...samples.mail().links, help: 'https://www.example.org/help' }
    const withHelp = await parse((await samples.composer.compose(samples.mail({ links }))).raw)
    expect(linksOfHtml(withHelp.html)).toContain(links.help)
    const without = await parse((await samples.composer.compose(samples.mail())).raw)
    expect(without.html).not.toContain('Open the help page')
    expect(without.html).not.toContain('href=""')
  })
})

describe('a notice', () => {
  test('that someone is signed up already says in local words when the next lesson comes', async () => {
    const compose = async (changes: object) =>
      (
        await parse(
          (
            await samples.composer.compose(samples.mail({ kind: 'already-active', day: null, ...changes }))
          ).raw,
        )
      ).text
    expect((await compose({})).replace(/\s+/g, ' ')).toContain('comes tomorrow, Tuesday, at 7:00 AM.')
    expect((await compose({ timeZone: 'Asia/Tokyo' })).replace(/\s+/g, ' ')).toContain('tomorrow, Tuesday, at 3:00 PM.')
    expect((await compose({ discreet: true })).replace(/\s+/g, ' ')).toContain('tomorrow, Tuesday, at 7:00 AM.')
    expect((await compose({ nextLessonAt: null })).replace(/\s+/g, ' ')).toContain(
      'Every lesson of the course has been sent.',
    )
  })

  test('to confirm never repeats a name, which a stranger may have typed', async () => {
    const mail = samples.mail({ kind: 'confirm', day: null, name: 'WIN-A-PRIZE at evil.example' })
    expect((await samples.composer.compose(mail)).raw.toString('latin1')).not.toMatch(/prize|evil/i)
  })
})

describe('a discreet mail', () => {
  test('tells nothing of its course anywhere in its bytes, encoded or decoded', async () => {
    const { course } = real
    const telling = [
      course.name,
      course.title,
      course.tagline,
      course.closing.title,
      course.closing.preheader,
      ...course.lessons.flatMap(({ title, preheader, exercise }) => [title, preheader, exercise.title]),
      ...course.tracks.flatMap(({ name, title }) => [`${name}-`, `:${name}`, title]),
      'relationship',
      'partner',
      'trust',
      'affair',
      'course',
      'lesson',
      'therapy',
      'disclaimer',
      'bootcamp',
    ]
    for (const variant of [null, ...course.tracks.map(({ name }) => name)]) {
      for (const mail of everyMail(real, { discreet: true, variant: { track: variant, overlays: [] } })) {
        const { raw } = await real.composer.compose(mail)
        const email = await parse(raw)
        const headers = email.headers.map(({ key, value }) => `${key}: ${value}`)
        const all = [raw.toString('latin1'), ...headers, email.subject ?? '', email.html, email.text].join('\n')
        for (const word of telling) expect(all.toLowerCase()).not.toContain(word.toLowerCase())
        expect(email.from?.name).toBe(course.discreet.sender)
      }
    }
  })

  test('looks the same for every lesson but for its subject and link', async () => {
    const texts = new Set<string>()
    for (const { day } of real.course.lessons) {
      const email = await parse((await real.composer.compose(real.mail({ discreet: true, day }))).raw)
      texts.add(email.text + email.html + header(email, 'Feedback-ID') + header(email, 'List-Id'))
    }
    expect(texts.size).toBe(1)
  })
})

describe('hostile input', () => {
  const NAMES = [
    `"Robert'); DROP TABLE--"`,
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '{{openUrl}} {{, name}} {{{body}}}',
    '$& $1 $$',
    '🌱👩‍👩‍👧 Zoë Łódź',
    'שרה כהן',
    'مريم',
    '[click](https://evil.example) **bold** # title',
    'x'.repeat(300),
  ]

  test.each(NAMES)('the name %s arrives as it is, as text, and changes nothing else', async (name) => {
    const usual = await parse((await samples.composer.compose(samples.mail())).raw)
    const email = await parse((await samples.composer.compose(samples.mail({ name }))).raw)
    expect(email.subject).toBe(`First letter: look at this morning, ${name}`)
    expect(email.text.replace(/\s+/g, ' ')).toContain(`Hello, ${name},`)
    const withoutValues = ({ html }: { html: string }) => html.replace(/Hello, [\s\S]*?,<\/p>/, 'Hello</p>')
    expect(withoutValues(email)).toBe(withoutValues(usual))
    expect(email.html).not.toMatch(/<script|<img|onerror=alert\(1\)>/)
    expect(email.headers.map(({ key }) => key)).toEqual(usual.headers.map(({ key }) => key))
    expect(email.to).toHaveLength(1)
  })

  test('line ends and marks that turn text around are taken out of a name', async () => {
    const name = 'Eve\r\nBcc: mallory@example.com\r\n\r\n\u202eevil\u2066\u0000\u2028'
    const email = await parse((await samples.composer.compose(samples.mail({ name }))).raw)
    expect(email.subject).toBe('First letter: look at this morning, Eve Bcc: mallory@example.com evil')
    expect(email.bcc).toBeUndefined()
    expect(email.to).toEqual([{ name: '', address: 'ada@example.com' }])
  })

  test('a name that looks like encoded text is not decoded by anyone', async () => {
    const name = '=?utf-8?Q?=0D=0ABcc:_eve?='
    const email = await parse((await samples.composer.compose(samples.mail({ name }))).raw)
    expect(email.subject).toBe('First letter: look at this morning, = ?utf-8?Q?=0D=0ABcc:_eve?=')
  })

  test.each([
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'Ada <ada@example.com>',
    'group: ada@example.com;',
    'ada@example.com (eve@example.com)',
    '',
    'ada',
  ])('the recipient "%s" is refused', async (to) => {
    await expect(samples.composer.compose(samples.mail({ to }))).rejects.toMatchObject({ code: 'misconfigured' })
  })

  test.each(['https://x.example/>\r\nBcc: eve@example.com', 'javascript:alert(1)', '', '/stop/x'])(
    'the one-click link "%s" is refused',
    async (oneClickStop) => {
      const links = { ...samples.mail().links, oneClickStop }
      await expect(samples.composer.compose(samples.mail({ links }))).rejects.toMatchObject({ code: 'misconfigured' })
    },
  )
})

describe('what would break a rule', () => {
  test('a mail of more than 80 KB of HTML is refused, and the sentence says what to do', async () => {
    const [first, ...rest] = samples.course.lessons
    if (first === undefined) throw new Error('The fixture has no lesson.')
    const text = { markdown: 'many words '.repeat(8_000), file: 'day-1.md', line: 1 }
    const course = {
      ...samples.course,
      lessons: [{ ...first, body: [{ audiences: [], pageOnly: false, text }] }, ...rest],
    }
    const refused = samples.composer.compose(samples.mail({ course }))
    await expect(refused).rejects.toMatchObject({ code: 'misconfigured' })
    await expect(refused).rejects.toThrow(/\d+ KB of HTML; the limit is 80 KB. Shorten the lesson/)
  })

  test('a picture in a lesson is refused: it would tell when the mail is opened', async () => {
    const [first, ...rest] = samples.course.lessons
    if (first === undefined) throw new Error('The fixture has no lesson.')
    const text = { markdown: '![a sunrise](https://pictures.example/sunrise.png)', file: 'day-1.md', line: 1 }
    const course = {
      ...samples.course,
      lessons: [{ ...first, body: [{ audiences: [], pageOnly: false, text }] }, ...rest],
    }
    await expect(samples.composer.compose(samples.mail({ course }))).rejects.toThrow(/"lesson 1".*<img/)
  })

  test('a day that the course does not have is refused', async () => {
    await expect(samples.composer.compose(samples.mail({ day: 4 }))).rejects.toThrow('has no day 4')
  })

  test('no composer is made without a postal address', () => {
    let error: unknown
    try {
      createComposer({ ...samples.options, postalAddress: ' ' })
    } catch (caught) {
      error = caught
    }
    expect((error as AppError).code).toBe('misconfigured')
    expect(error).not.toBeInstanceOf(ProblemsError)
  })
})
