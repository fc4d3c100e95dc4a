import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newestLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))
const QUICK_EXIT = /leave (this site )?quickly|data-leave|three times/i

describe.each([
  ['a course without the quick exit', 'five-small-walks', folder('examples'), false],
  ['a course with it', 'steady-week', folder('lessons'), true],
] as const)('%s', (_, course, lessonsDir, has) => {
  let app: TestApp
  let learner: SignedUpLearner
  beforeAll(async () => {
    app = await createTestApp({ env: { COURSE: course }, worker: true, overrides: { lessonsDir } })
    learner = await join(app, 'ada@example.test')
  })
  afterAll(() => app?.close())

  const pages: Readonly<Record<string, () => Promise<string>>> = {
    'the start page': async () => '/',
    privacy: async () => '/privacy',
    'a lesson': async () => learner.lessonLink,
    settings: async () => `${learner.lessonLink}/settings`,
    'the page of a link that opens what was written': async () => {
      await createVisitor(app.url).post(`${learner.lessonLink}/read`)
      return newestLink(app, learner.address, '/read/')
    },
    'an error': async () => '/nothing',
  }
  test.each(Object.keys(pages))(`%s ${has ? 'has and mentions' : 'neither has nor mentions'} it`, async (name) => {
    const { text } = await createVisitor(app.url).get((await pages[name]?.()) ?? '')
    expect(text).toContain('</footer>')
    expect(QUICK_EXIT.test(text)).toBe(has)
  })

  test('what ends the cookie is a whole sentence', async () => {
    const { text } = await createVisitor(app.url).get('/privacy')
    const end = has
      ? 'when you click “Hide my notes on this device”, or when you leave quickly.'
      : 'or when you click “Hide my notes on this device”.'
    expect(text).toContain(`after 10 days without use, ${end}`)
  })
})
