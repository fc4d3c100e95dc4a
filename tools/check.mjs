// The static checks: types, lint and format, sentences, architecture. All are run even if one fails.
import { checks, jest, run } from './static-checks.mjs'

const USAGE = `npm run check                 types, lint, format, sentences, the direction of imports; nothing is changed
npm run check -- --help       this text`

const given = process.argv.slice(2)
if (given.length > 0) {
  const asked = given.includes('--help') || given.includes('-h')
  console[asked ? 'log' : 'error'](USAGE)
  process.exit(asked ? 0 : 2)
}

const results = checks.map((check) => ({ name: check.name, passed: run(check.arguments) }))
results.push({ name: 'architecture', passed: run([...jest, 'test/architecture.test.ts', '--reporters=default']) })
for (const result of results) console.log(`${result.passed ? 'passed' : 'FAILED'}  ${result.name}`)
process.exitCode = results.every((result) => result.passed) ? 0 : 1
