/** Test files that run on either database, and do so on Postgres with TEST_DATABASE=postgres. */
export const POSTGRES_TESTS = [
  'test/store/backup',
  'test/store/database/failed-migration',
  'test/flow/delivery/several-workers',
  'test/store/delivery/deliveries',
  'test/store/delivery/may-be-sent',
  'test/store/enrolment',
  'test/store/postgres',
  'test/store/security/check-ins-and-links',
  'test/store/security/sealed-field-names',
  'test/store/sending/cached-sending-state',
  'test/store/sign-up',
  'test/faults/backup-drill',
  'test/faults/race',
]
/** Whole journeys on either database. They run apart: after the tests of the store, in one process, their first email did not come. */
export const POSTGRES_JOURNEYS = ['test/web/learner/either-database', 'test/web/question/journey']
/** Trials that `npm run test:faults` repeats on Postgres. */
export const POSTGRES_TRIALS = ['test/faults/clock', 'test/faults/downtime', 'test/faults/kills', 'test/faults/race']
