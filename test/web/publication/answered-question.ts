import { appendFile, cp } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LINKS } from '../../../src/core/security/links.ts'
import { answerQuestion } from '../../../src/flow/question/answer-question.ts'
import { askQuestion } from '../../../src/flow/question/ask-question.ts'
import { waitUntilIdle } from '../../support/database/database-rows.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import type { TestApp } from '../../support/test-app.ts'

const STEADY_WEEK = fileURLToPath(new URL('../../../lessons/steady-week', import.meta.url))
const QUESTIONS = `
questions:
  answered-by: Mira Holt, couples counsellor
  usual-days: 3
  do-not-send: Please leave out names.
`

/** Steady Week, which has a library, as a course that takes questions. The caller removes the folder. */
export async function libraryWithQuestions(): Promise<{ readonly lessonsDir: string; remove(): Promise<void> }> {
  const folder = await createTempFolder()
  await cp(STEADY_WEEK, joinPath(folder.path, 'steady-week'), { recursive: true })
  await appendFile(joinPath(folder.path, 'steady-week', 'course.yaml'), QUESTIONS)
  return { lessonsDir: folder.path, remove: folder.remove }
}

export interface AnsweredQuestion extends SignedUpLearner {
  readonly id: number
  /** Where the learner and the author publish it. */
  readonly page: string
  readonly desk: string
}

let made = 0

/** A learner of Steady Week with an own session, whose question this operator has answered. */
export async function answeredQuestion(
  app: TestApp,
  operatorId: number,
  choices: Readonly<Record<string, string>> = {},
  text = 'May I sleep alone?',
): Promise<AnsweredQuestion> {
  made += 1
  const learner = await join(app, `asks-${made}@example.test`, choices)
  const { ports } = app.app
  const link = LINKS.lesson.read(ports.keys, new URL(learner.lessonLink).pathname.split('/').at(-1) ?? '')
  const enrolment = await ports.store.enrolments.byId(link?.enrolmentId ?? 0)
  const course = ports.courses.get('steady-week')
  if (enrolment === null || course === null) throw new Error('The learner was not enrolled.')
  const input = { enrolment, course, day: 1, text, allowsName: false, via: 'form', isConfirmed: true } as const
  const { questionId: id } = await askQuestion(ports, input)
  await ports.store.transaction((unit) =>
    answerQuestion(ports, unit, { questionId: id, operatorId, text: 'You may, of course.' }),
  )
  await app.mail.waitForMail(learner.address, 3)
  await waitUntilIdle(app.dataDir, app.clock.now())
  return {
    ...{ ...learner, id, desk: `/desk/questions/${id}/publication` },
    page: `${new URL(learner.lessonLink).pathname}/questions/${id}/publication`,
  }
}
