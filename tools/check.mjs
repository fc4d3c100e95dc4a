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

const architecture = { name: 'architecture', arguments: [...jest, 'test/architecture.test.ts', '--reporters=default'] }
const results = await Promise.all(
  [...checks, architecture].map(async ({ name, arguments: given }) => ({
    name,
    passed: await run(given, { together: true }),
  })),
)
for (const result of results) console.log(`${result.passed ? 'passed' : 'FAILED'}  ${result.name}`)
process.exitCode = results.every((result) => result.passed) ? 0 : 1
