// What `npm test` does in a smaller size: every trial of test/faults, with a table of what was seen, and every combination
// where another test tries one of each kind. Sizes are FAULTS_* variables; arguments go to Jest:
//   FAULTS_KILLS=200 FAULTS_SENDS=2000 npm run test:faults -- test/faults/kills
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { POSTGRES_TRIALS } from './postgres-tests.mjs'
import { jest, run } from './static-checks.mjs'

const full = {
  FAULTS_KILLS: '1000',
  FAULTS_SENDS: '10000',
  FAULTS_RACED: '10000',
  FAULTS_SEALED: '1200',
  FAULTS_STOPS: '200',
  FAULTS_FLUSHED: '10000',
  // Seconds that Redis is down, and the real beat of the sweep.
  FAULTS_OUTAGES: '5,20,300',
  FAULTS_SWEEP_MS: '15000',
  FAULTS_LOCKED_MS: '30000',
  FAULTS_SEND_EVERY_MS: '6',
  TEST_MATRIX: 'full',
  // Long enough for the longest trial on a slow machine, ms.
  FAULTS_PATIENCE: '7200000',
}
/** What reads test/trial-sizes.ts. */
const sized = [
  'test/faults',
  'test/browser',
  'test/journey/no-difference',
  'test/hostile-input',
  'test/mail/client-support',
  'test/mail/message/every-message',
  'test/mail/message/nodemailer-agrees',
  'test/npm-start',
  'test/web/security/forms-in-a-browser',
]
const folder = mkdtempSync(join(tmpdir(), 'bootcamp-faults-'))
const file = join(folder, 'seen.jsonl')
const chosen = process.argv.slice(2)
const started = performance.now()
// One file after the other: times are measured.
const environment = { ...full, ...process.env, FAULTS_REPORT: file }
const passed = await run([...jest, '--runInBand', ...(chosen.length > 0 ? chosen : sized)], { environment })

const onPostgres =
  chosen.length > 0 ||
  (await run([...jest, '--runInBand', ...POSTGRES_TRIALS], {
    environment: { ...environment, TEST_DATABASE: 'postgres' },
  }))

const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
rmSync(folder, { recursive: true, force: true })
const seen = lines.filter(Boolean).map((line) => JSON.parse(line))
seen.sort((one, other) => one.row - other.row)

const columns = [
  ['row', (trial) => trial.row],
  ['trial', (trial) => trial.what],
  ['sends', (trial) => trial.sends],
  ['kills', (trial) => trial.kills],
  ['twice', (trial) => trial.twice],
  ['more', (trial) => trial.more],
  ['lost', (trial) => trial.lost],
  ['latest s', (trial) => seconds(trial.latestMs)],
  ['recovery s', (trial) => seconds(trial.recoveryMs)],
  ['note', (trial) => trial.note],
]
console.log(`\n| ${columns.map(([name]) => name).join(' | ')} |`)
console.log(`|${columns.map(() => '---').join('|')}|`)
for (const trial of seen) console.log(`| ${columns.map(([, of]) => of(trial) ?? '').join(' | ')} |`)
console.log(`\n${seen.length} trials, ${cpus().length} cores, took ${seconds(performance.now() - started)} s`)
process.exitCode = passed && onPostgres ? 0 : 1

function seconds(ms) {
  return ms === undefined ? undefined : (ms / 1000).toFixed(1)
}
