// The whole test gate: types, lint, all tests. The last line counts test cases; type check and lint count as one each.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const counts = join(folder, 'counts.json')
const passed = run([...jest, ...given], { ...process.env, TEST_COUNTS: counts })
const jestCount = readCounts()
count.passed += jestCount.passed
// Jest can fail without a failing test, such as for a file that does not load or a crashing handle. That must count as
// a failure.
count.failed += passed ? jestCount.failed : Math.max(jestCount.failed, 1)
rmSync(folder, { recursive: true, force: true })

console.log(`Took ${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 ? 0 : 1

function readCounts() {
  try {
    return JSON.parse(readFileSync(counts, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}
