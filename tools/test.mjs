// The whole gate: types, lint, every test. The last line counts test cases; the type check and the lint are one each.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { POSTGRES_JOURNEYS, POSTGRES_TESTS } from './postgres-tests.mjs'
import { checks, jest, run } from './static-checks.mjs'

const USAGE = `npm test                      checks and every test
npm test -- <path> ...        the tests whose file has this in its path
npm test -- -t <words>        the tests whose name has these words
npm test -- --help            this text
Options of Jest that fit: -t, --testNamePattern, -w, --maxWorkers, -i, --runInBand, --verbose, --bail, --silent, --shard,
--testTimeout, --forceExit, --detectOpenHandles`
const OPTIONS =
  /^(-t|-w|-i|--(testNamePattern|maxWorkers|runInBand|verbose|bail|silent|shard|testTimeout|forceExit|detectOpenHandles)(=.*)?)$/

const given = process.argv.slice(2)
if (given.includes('--help') || given.includes('-h')) {
  console.log(USAGE)
  process.exit(0)
}
if (given.some((word) => word.startsWith('-') && !OPTIONS.test(word))) {
  console.error(USAGE)
  process.exit(2)
}

const started = performance.now()
const count = { passed: 0, failed: 0 }
const folder = mkdtempSync(join(tmpdir(), 'bootcamp-test-'))
if (given.length > 0) {
  for (const check of checks) await runCheck(check)
  await runJest('chosen', given)
} else {
  const memory = folderInMemory()
  const environment = memory === null ? {} : { TMPDIR: memory }
  // Two rows of runs side by side, since each waits for half of its time: for processes that start and end, for sockets,
  // timers and browsers.
  await Promise.all([runFaults(environment), runTests(environment)])
  if (memory !== null) rmSync(memory, { recursive: true, force: true })
}
rmSync(folder, { recursive: true, force: true })

console.log(`Took ${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 ? 0 : 1

/** What has nothing to do with coverage, and prints little. Files of trials lie on a disk, as an operator's do. */
async function runFaults(environment) {
  for (const check of checks) await runCheck(check)
  await runJest('faults', ['test/faults', '--maxWorkers=3'], { together: true })
  // The store, and the race of workers, once more on Postgres.
  const onPostgres = { ...environment, TEST_DATABASE: 'postgres' }
  await runJest('postgres', POSTGRES_TESTS, { environment: onPostgres, together: true })
  await runJest('postgres-journeys', POSTGRES_JOURNEYS, { environment: onPostgres, together: true })
}

async function runTests(environment) {
  // Coverage is that of core and flow, by their own tests and by those of the pages that have none apart.
  const own = ['core', 'flow', 'web/learner', 'web/writing', 'web/course', 'web/desk']
  const measured = own.map((name) => `test/${name}/`)
  await runJest('unit', [...measured, '--coverage'], { environment })
  const ignored = ['--testPathIgnorePatterns', `<rootDir>/test/(${own.join('|')}|faults)/`]
  await runJest('others', [...ignored, '--maxWorkers=3'], { environment })
}

async function runCheck({ name, arguments: toolArguments }) {
  const passed = await run(toolArguments, { together: true })
  count[passed ? 'passed' : 'failed'] += 1
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name}`)
}

async function runJest(name, options, { environment = {}, together = false } = {}) {
  const counts = join(folder, name)
  const passed = await run([...jest, ...options], {
    environment: { ...process.env, ...environment, TEST_COUNTS: counts },
    together,
  })
  const found = readCounts(counts)
  count.passed += found.passed
  // Jest can fail without a failing test: a file that does not load, a handle that crashes, coverage that fell. That is never
  // a pass.
  count.failed += passed ? found.failed : Math.max(found.failed, 1)
}

/** Each test has a database of its own, whose many commits need not wait for a disk; null where memory has no room. */
function folderInMemory() {
  const shared = '/dev/shm'
  if (!existsSync(shared)) return null
  const { bavail, bsize } = statfsSync(shared)
  if (bavail * bsize < 2 ** 30) return null
  const memory = mkdtempSync(join(shared, 'bootcamp-test-'))
  // Tests of permissions let another user look at what lies below.
  chmodSync(memory, 0o711)
  return memory
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}
