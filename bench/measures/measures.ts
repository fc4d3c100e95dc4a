import type { MeasureName } from '../options.ts'
import type { Measure } from '../parts/measure.ts'
import { measureDesk } from './desk.ts'
import { measureGrowth } from './growth.ts'
import { measureLateness } from './lateness.ts'
import { measureMillion } from './million.ts'
import { measureSending } from './sending.ts'
import { measureSignUp } from './sign-up.ts'
import { measureSlowRelay } from './slow-relay.ts'
import { measureTwoProcesses } from './two-processes.ts'

/** What each name of `--only` measures. */
export const measures: Record<MeasureName, Measure> = {
  sending: measureSending,
  'slow-relay': measureSlowRelay,
  million: measureMillion,
  'sign-up': measureSignUp,
  lateness: measureLateness,
  'two-processes': measureTwoProcesses,
  growth: measureGrowth,
  desk: measureDesk,
}
