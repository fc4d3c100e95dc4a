import { expect, test } from '@jest/globals'
import {
  ENROLMENT_ACTS,
  type EnrolmentAct,
  type EnrolmentStateOrPending,
  nextOf,
} from '../../../src/core/enrolment/enrolment-acts.ts'

const ACTS = Object.keys(ENROLMENT_ACTS) as EnrolmentAct[]
const STATES = ['active', 'paused', 'stopped', 'finished'] as const

/** Every act that changes something in a state, with what the state becomes. */
function movesFrom(state: EnrolmentStateOrPending): Record<string, string> {
  return Object.fromEntries(
    ACTS.flatMap((act) => {
      const next = nextOf(act, state)
      if (next === null) return []
      return [[act, typeof next === 'string' ? next : `${next.state}, check-ins ${next.checkIns}`]]
    }),
  )
}

test('each state allows what the course allows', () => {
  expect(movesFrom('pending')).toEqual({ confirm: 'new-round', 'start-anew': 'new-round' })
  expect(movesFrom('active')).toEqual({
    stop: 'stopped, check-ins stopped',
    'stop-check-ins': 'active, check-ins stopped',
    'resume-check-ins': 'active, check-ins resumed',
    finish: 'finished, check-ins unchanged',
    pause: 'paused, check-ins unchanged',
  })
  expect(movesFrom('paused')).toEqual({
    stop: 'stopped, check-ins stopped',
    'stop-check-ins': 'paused, check-ins stopped',
    'resume-check-ins': 'paused, check-ins resumed',
    finish: 'finished, check-ins unchanged',
    pause: 'paused, check-ins unchanged',
    'end-pause': 'active, check-ins unchanged',
  })
  expect(movesFrom('stopped')).toEqual({
    confirm: 'active, check-ins resumed',
    'start-anew': 'new-round',
    stop: 'stopped, check-ins stopped',
    'stop-check-ins': 'stopped, check-ins stopped',
    resume: 'active, check-ins resumed',
  })
  expect(movesFrom('finished')).toEqual({
    confirm: 'new-round',
    'start-anew': 'new-round',
    stop: 'finished, check-ins stopped',
    'stop-check-ins': 'finished, check-ins stopped',
    'resume-check-ins': 'finished, check-ins resumed',
  })
})

test('check-ins end with a stop in every state', () => {
  for (const state of STATES) expect(nextOf('stop', state)).toMatchObject({ checkIns: 'stopped' })
})

test('an act that is repeated changes nothing more', () => {
  for (const act of ACTS)
    for (const state of STATES) {
      const next = nextOf(act, state)
      if (next === null || typeof next === 'string') continue
      expect([null, 'new-round', next]).toContainEqual(nextOf(act, next.state))
    }
})
