import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import { nextQuestionState, type Question } from '../../core/question/question.ts'
import type { ReplyOutcome } from '../../core/question/reply-outcome.ts'
import { addressKey } from '../../core/security/keys.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import { errorName } from '../error-name.ts'
import type { Ports } from '../ports/ports.ts'
import type { ReadReply, WaitingReply } from '../ports/reply-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { keepMailReport } from '../reports/keep-mail-report.ts'
import { addQuestion } from './ask-question.ts'
import { openReply, type ReplyContent } from './reply-content.ts'

type ApplyPorts = Pick<
  Ports,
  'clock' | 'courses' | 'keys' | 'locales' | 'log' | 'randomBytes' | 'readReply' | 'sealer' | 'settings' | 'store'
>

const BATCH = 20
/** Longer than reading a reply can take: an attempt still open after that was made by a process that has exited. */
const ATTEMPT_MS = 2 * 60_000
/** Waits after the first and second failed attempt. */
const RETRY_AFTER_MS = [60_000, 10 * 60_000]
const MAX_ATTEMPTS = RETRY_AFTER_MS.length + 1
/** A busy database does not count as a failed attempt. */
const BUSY_RETRY_MS = 15_000
/** Mail servers repeat a message for up to five days (RFC 5321 section 4.5.4.1), and so long it must be recognised. */
export const SETTLED_REPLY_KEPT_MS = 7 * 86_400_000

/**
 * Makes questions of all waiting replies, each once even with several processes, and returns how many were settled. Stops
 * between two when `signal` is aborted.
 */
export async function applyReplies(ports: ApplyPorts, signal?: AbortSignal): Promise<number> {
  let settled = 0
  for (;;) {
    const waiting = await ports.store.replies.waiting(BATCH, ports.clock.now())
    let tried = 0
    for (const reply of waiting) {
      if (signal?.aborted) return settled
      const result = await attempt(ports, reply)
      if (result !== 'taken') tried += 1
      if (result === 'settled') settled += 1
    }
    // Replies taken by another process may still be listed.
    if (tried === 0) return settled
  }
}

/** Deletes what is left of settled replies after its time. */
export async function forgetReplies(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  await ports.store.replies.forget(ports.clock.now() - SETTLED_REPLY_KEPT_MS)
}

/** Attempts are counted before they are made, so that a reply that crashes the process is given up, too. */
async function attempt(ports: ApplyPorts, reply: WaitingReply): Promise<'settled' | 'again' | 'taken'> {
  const now = ports.clock.now()
  const { replies } = ports.store
  if (reply.attempts >= MAX_ATTEMPTS) return giveUp(ports, reply)
  if (!(await replies.claim(reply, now, now + ATTEMPT_MS))) return 'taken'
  const isLast = reply.attempts + 1 >= MAX_ATTEMPTS
  try {
    const outcome = await applyReply(ports, reply, isLast)
    if (outcome === 'taken') return 'taken'
    if (outcome !== 'later') {
      ports.log.info({ reply: reply.id, outcome }, 'a reply to an email was read')
      return 'settled'
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'busy') {
      await replies.retryAt(reply.id, now + BUSY_RETRY_MS, reply.attempts)
      return 'again'
    }
    const facts = { reply: reply.id, attempt: reply.attempts + 1, error: errorName(error) }
    ports.log.error(facts, 'a reply to an email could not be read')
    if (isLast) return giveUp(ports, reply)
  }
  await replies.retryAt(reply.id, now + (RETRY_AFTER_MS[reply.attempts] ?? 0), reply.attempts + 1)
  return 'again'
}

async function giveUp(ports: ApplyPorts, { id }: WaitingReply): Promise<'settled' | 'taken'> {
  if (!(await ports.store.replies.settle(id, 'failed', ports.clock.now()))) return 'taken'
  ports.log.error({ reply: id }, 'a reply to an email failed three times and was deleted')
  return 'settled'
}

/** `later`: DNS does not answer, and there is another attempt. `taken`: another process has settled it meanwhile. */
async function applyReply(
  ports: ApplyPorts,
  reply: WaitingReply,
  isLast: boolean,
): Promise<ReplyOutcome | 'later' | 'taken'> {
  const content = await openReply(ports, reply)
  const read = await ports.readReply({ ...content, host: ports.settings.replyDomain ?? ports.settings.hostname })
  if ('isAuthentic' in read && read.isAuthentic === 'later' && !isLast) return 'later'
  return ports.store.transaction(async (unit) => {
    // First, so that one process alone goes on.
    if (!(await unit.replies.settle(reply.id, 'failed', ports.clock.now()))) return 'taken'
    const outcome = await outcomeOf(ports, unit, { reply, content, read })
    await unit.replies.setOutcome(reply.id, outcome)
    return outcome
  })
}

interface Found {
  readonly reply: WaitingReply
  readonly content: ReplyContent
  readonly read: ReadReply
}

async function outcomeOf(
  ports: ApplyPorts,
  unit: Repositories,
  { reply, content, read }: Found,
): Promise<ReplyOutcome> {
  if (read.kind === 'report') {
    await keepMailReport(ports, unit, { learnerId: reply.learnerId, key: reply.digest, raw: content.raw })
    return 'report'
  }
  if (!('text' in read)) return read.kind
  const delivery = await unit.deliveries.byId(reply.deliveryId)
  const enrolment = delivery?.enrolmentId ? await unit.enrolments.byId(delivery.enrolmentId) : null
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!delivery || !enrolment || !course) return 'refused'
  const text = textFor(ports, course, read)
  if (text === '') return 'empty'
  const isOwn = read.kind === 'text' && (await isFromLearner(ports, unit, enrolment, read))
  return ask(ports, unit, { delivery, enrolment, course, text, isOwn })
}

type ReadText = Extract<ReadReply, { isAuthentic: unknown }>

/** What the thread shows: the text, and what is missing of it. An encrypted email has no text. */
function textFor({ locales }: Pick<Ports, 'locales'>, course: Course, read: ReadText): string {
  const words = locales.wordsFor(course)
  if (read.kind === 'encrypted') return words.say('reply.encrypted')
  const notes = [
    ...(read.isCut ? [words.say('reply.cut')] : []),
    ...(read.hasAttachments ? [words.say('reply.attachment')] : []),
  ]
  return [read.text, ...notes].filter((part) => part !== '').join('\n\n')
}

async function isFromLearner(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  { learnerId }: Enrolment,
  { from, isAddressed, isAuthentic }: ReadText,
): Promise<boolean> {
  if (from === null || !isAddressed || isAuthentic !== 'yes') return false
  const learner = await unit.learners.byId(learnerId)
  return learner !== null && addressKey(keys, learner.address) === addressKey(keys, from)
}

interface ReplyQuestion {
  readonly delivery: Delivery
  readonly enrolment: Enrolment
  readonly course: Course
  readonly text: string
  readonly isOwn: boolean
}

/** Adds the reply to the thread that the email is about, or asks a new question with the day of the email. */
async function ask(
  ports: ApplyPorts,
  unit: Repositories,
  { delivery, enrolment, course, text, isOwn }: ReplyQuestion,
): Promise<ReplyOutcome> {
  const thread = await unit.questions.ofDelivery(delivery.id)
  // What may not be the learner's is never added to what they wrote.
  const isOpen = isOwn && thread !== null && nextQuestionState('write', thread) !== null
  try {
    await addQuestion(ports, unit, {
      ...{ enrolment, course, text, via: 'email', allowsName: false, isConfirmed: isOwn },
      day: await dayOf(unit, delivery, thread),
      ...(isOpen && { questionId: thread.id }),
    })
  } catch (error) {
    // These are found before anything is written.
    if (error instanceof AppError && error.code === 'not-yet') return 'refused'
    if (error instanceof AppError && error.code === 'too-many') return 'limit'
    throw error
  }
  const now = ports.clock.now()
  const { id: enrolmentId, learnerId } = enrolment
  const receipt = { learnerId, kind: 'question-received', enrolmentId, signUpId: null, day: null, dueAt: now } as const
  await unit.deliveries.plan([receipt], now)
  return isOwn ? 'question' : 'unconfirmed'
}

async function dayOf(unit: Repositories, delivery: Delivery, thread: Question | null): Promise<number | null> {
  if (thread !== null) return thread.day
  if (delivery.resendOf === null) return delivery.day
  return (await unit.deliveries.byId(delivery.resendOf))?.day ?? null
}
