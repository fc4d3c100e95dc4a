import { expect, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import type { Course } from '../../../src/core/course/course.ts'
import { ALL_EMAIL_KINDS, EMAIL_KINDS } from '../../../src/core/delivery/email-kinds.ts'
import { sampleEmails } from '../../../src/flow/delivery/sample-emails.ts'
import { createComposer } from '../../../src/mail/message/composer.ts'
import { pseudoLocales } from '../../core/language/pseudo-locales.ts'
import { siteAt } from '../../support/parse-servers.ts'
import { LESSONS, loadSamples } from './sample-mail.ts'

const samples = await loadSamples(LESSONS)
const resources = samples.content.courses.resourcesOf(samples.course.name)

/** Every email of a course in one language, open and discreet. */
function emailsIn(course: Course) {
  const shared = {
    course,
    resources,
    variant: { track: null, overlays: [] },
    publicUrl: siteAt('https://course.example'),
    to: 'ada@example.com',
    name: 'Ada',
    timeZone: 'Europe/Berlin',
    date: Date.parse('2026-11-23T06:00:00Z'),
  }
  return [false, true].flatMap((discreet) => sampleEmails({ ...shared, discreet }))
}

test.each(['lengthened', 'mirrored'] as const)(
  'every email is built in the %s words, with no English left',
  async (kind) => {
    const composer = createComposer({ ...samples.options, locales: await pseudoLocales(kind) })
    const language = kind === 'mirrored' ? 'ar' : 'en'
    const emails = emailsIn({ ...samples.course, language })
    expect(new Set(emails.map(({ email }) => email.kind)).size).toBe(ALL_EMAIL_KINDS.length)
    for (const { email } of emails) {
      const { html = '', text = '' } = await PostalMime.parse((await composer.compose(email)).raw)
      expect(html).toContain(`lang="${language}" dir="${kind === 'mirrored' ? 'rtl' : 'ltr'}"`)
      const isNotice = EMAIL_KINDS[email.kind].source === null
      if (isNotice)
        expect(withoutCourse(text, email.course)).not.toMatch(/(?<!\p{L})(?:the|you|your|this|page|course)(?!\p{L})/iu)
      expect(text).not.toMatch(/\{\{|\}\}/)
    }
  },
)

/** Without what the author, the operator and the links say. */
function withoutCourse(text: string, { title, discreet }: Course): string {
  return [title, discreet.title, samples.options.postalAddress, ...(text.match(/https?:\S+/g) ?? [])].reduce(
    (rest, piece) => rest.replaceAll(piece, ''),
    text.replace(/\s*\n/g, '\n'),
  )
}

test.each([
  ['de', 'formal', /Sie /, / du |\bdein/i],
  ['de', 'informal', / du |\bdein/i, /(?<!\p{L})Ihr|(?<!\p{L})Ihnen/u],
] as const)('every email is in %s, %s', async (language, address, has, lacks) => {
  const { composer } = samples
  for (const { email } of emailsIn({ ...samples.course, language, address })) {
    if (EMAIL_KINDS[email.kind].source !== null) continue
    const { text = '' } = await PostalMime.parse((await composer.compose(email)).raw)
    if (!email.discreet) expect(text.replace(/\s+/g, ' ')).toMatch(has)
    expect(text).not.toMatch(lacks)
  }
})
