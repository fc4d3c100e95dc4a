// A third process that writes occasionally through the store, like a page of the site, to measure how long writes wait.
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { createStore } from '../../src/store/store.ts'
import { say } from '../parts/child-process.ts'

const everyMs = 1_000 / Number(process.env.BENCH_PER_SECOND)
const enrolments = Number(process.env.BENCH_ENROLMENTS)
const database = openSqlite(process.env.BENCH_DATABASE ?? '')
const store = createStore(database)
let times: number[] = []
let refused = 0

createInterface({ input: process.stdin })
  .on('line', () => {
    say({ writes: { times, refused } })
    times = []
    refused = 0
  })
  .on('close', () => process.exit(0))

for (let number = 0; ; number += 1) {
  const startedAt = performance.now()
  try {
    await store.progress.complete(1 + (number % enrolments), 1, 'full', Date.now())
  } catch {
    refused += 1
  }
  const took = performance.now() - startedAt
  times.push(took)
  await sleep(Math.max(0, everyMs - took))
}
