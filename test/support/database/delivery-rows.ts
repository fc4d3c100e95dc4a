import type { TestApp } from '../test-app.ts'
import { queryRows } from './database-rows.ts'

/** The course's deliveries to one address, by day. */
export function rowsOf({ dataDir }: TestApp, address: string) {
  return queryRows(
    dataDir,
    'select d.* from delivery d join learner l on l.id = d.learner_id where l.address = ? and d.day is not null order by d.day',
    address,
  )
}

export function statesOf(parts: TestApp, address: string) {
  return rowsOf(parts, address).map((row) => row.state)
}

/** Why this address is suppressed; empty if it is not. */
export function suppressionOf({ dataDir }: TestApp, address: string) {
  return queryRows(
    dataDir,
    'select s.reason from suppression s join learner l on l.address_key = s.address_key where l.address = ?',
    address,
  ).map((row) => row.reason)
}
