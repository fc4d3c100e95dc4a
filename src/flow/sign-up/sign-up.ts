import { NO_STARTING_POINT } from '../../core/assessment/starting-point.ts'
import { AppError } from '../../core/errors.ts'
import { hashToken, newNonce, tokenOf } from '../../core/security/confirmation-token.ts'
import { addressKey, mailboxKey } from '../../core/security/keys.ts'
import { phrase } from '../../core/words.ts'
import { sealStart } from '../enrolment/starting-point.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import type { SignUpInput } from '../views.ts'

/**
 * Takes a sign-up: the learner, the request and its email in one commit. The same rows are written for every address,
 * known or not, so neither the response nor its timing reveals which; the email is chosen when it is due
 * (choose-email.ts, requested-email.ts). Expects a valid address; fails with `not-found` for an unknown course.
 */
export async function signUp(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer' | 'randomBytes'>,
  input: SignUpInput,
): Promise<void> {
  const course = ports.courses.get(input.course, input.language)
  if (!course) throw new AppError('not-found', phrase('sign-up.no-course'))
  const now = ports.clock.now()
  const nonce = newNonce(ports.randomBytes)
  const tokenHash = hashToken(tokenOf(ports.keys, nonce))

  await ports.store.transaction(async (unit) => {
    const learner = await unit.learners.ensure({
      address: input.email,
      addressKey: addressKey(ports.keys, input.email),
      mailboxKey: mailboxKey(ports.keys, input.email),
      now,
    })
    const signUpId = await unit.signUps.add({
      learnerId: learner.id,
      course: course.name,
      preferences: {
        name: input.name,
        timeZone: input.timeZone,
        hour: input.hour,
        discreet: input.discreet,
        webOnly: input.webOnly,
        shortEmails: input.shortEmails,
        language: input.language,
        pace: input.pace,
      },
      wording: input.start === null ? course.consent.version : `${course.consent.version}+starting-point`,
      nonce,
      tokenHash,
      now,
    })
    // Written for everyone, empty or not.
    const start = input.start ?? { ...NO_STARTING_POINT, variant: { track: input.track, overlays: input.overlays } }
    const sealer = learnerSealer(ports, unit, learner.id)
    await unit.signUps.setStartingPoint(signUpId, await sealStart(sealer, { signUp: signUpId }, start))
    await unit.deliveries.plan(
      [{ learnerId: learner.id, kind: 'sign-up', enrolmentId: null, signUpId, day: null, dueAt: now }],
      now,
    )
  })
}
