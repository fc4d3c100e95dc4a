import { waitUntilIdle } from './database/database-rows.ts'
import { linkOf } from './mail-links.ts'
import type { Accepted } from './mail-server.ts'
import type { TestApp } from './test-app.ts'
import { createVisitor, type Visitor } from './visitor.ts'

export interface SignedUpLearner {
  readonly address: string
  readonly visitor: Visitor
  readonly confirmation: Accepted
  /** Links to the first lesson's page and to the page that stops the course, as in the first lesson's email. */
  readonly lessonLink: string
  readonly stopLink: string
}

/** Signs up, confirms and waits for the first lesson's email. Needs an app with a worker. */
export async function join(
  parts: TestApp,
  address: string,
  choices: Readonly<Record<string, string>> = {},
): Promise<SignedUpLearner> {
  const visitor = createVisitor(parts.url)
  const before = parts.mail.accepted.filter((message) => message.to === address).length
  await visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7', ...choices })
  const confirmation = (await parts.mail.waitForMail(address, before + 1))[before] as Accepted
  const answer = await visitor.post(linkOf(confirmation, '/confirm/'))
  if (answer.status !== 200) throw new Error(`Confirming was answered with ${answer.status}.`)
  const lesson = (await parts.mail.waitForMail(address, before + 2))[before + 1] as Accepted
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  return { address, visitor, confirmation, lessonLink: linkOf(lesson, '/l/'), stopLink: linkOf(lesson, '/stop/') }
}
