// The whole gate: types, lint, every test. The last line counts test cases; the type check and the lint are one each.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { POSTGRES_TESTS } from './postgres-tests.mjs'
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
for (const check of checks) {
  const passed = run(check.arguments)
  count[passed ? 'passed' : 'failed'] += 1
  console.log(`${passed ? 'passed' : 'FAILED'}  ${check.name}`)
}

const folder = mkdtempSync(join(tmpdir(), 'bootcamp-test-'))
if (given.length > 0) {
  addUp('chosen', runJest('chosen', given))
} else {
  // What breaks processes goes first and alone: the others measure times, which it would disturb. It waits more than it
  // computes, and its files lie on a disk, as an operator's do.
  addUp('faults', runJest('faults', ['test/faults', '--maxWorkers=4']))
  const memory = folderInMemory()
  const environment = memory === null ? {} : { TMPDIR: memory }
  // These wait for sockets, timers and browsers for two fifths of their time.
  const workers = '--maxWorkers=3'
  // Coverage is that of core and flow, by their own tests and by those of the pages that have none apart.
  const own = ['core', 'flow', 'web/learner', 'web/writing', 'web/course', 'web/desk']
  const measured = own.map((name) => `test/${name}/`)
  addUp('unit', runJest('unit', [...measured, '--coverage', workers], environment))
  const ignored = ['--testPathIgnorePatterns', `<rootDir>/test/(${own.join('|')}|faults)/`]
  addUp('others', runJest('others', [...ignored, workers], environment))
  // The store, and the race of workers, once more on Postgres.
  addUp('postgres', runJest('postgres', POSTGRES_TESTS, { ...environment, TEST_DATABASE: 'postgres' }))
  if (memory !== null) rmSync(memory, { recursive: true, force: true })
}
rmSync(folder, { recursive: true, force: true })

console.log(`Took ${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 ? 0 : 1

function runJest(name, options, environment = {}) {
  return run([...jest, ...options], { ...process.env, ...environment, TEST_COUNTS: join(folder, name) })
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

function addUp(name, passed) {
  const found = readCounts(join(folder, name))
  count.passed += found.passed
  // Jest can fail without a failing test: a file that does not load, a handle that crashes, coverage that fell. That is never
  // a pass.
  count.failed += passed ? found.failed : Math.max(found.failed, 1)
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}
