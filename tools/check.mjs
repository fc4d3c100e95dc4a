// The checks that need nothing but the files: types, lint and format, the direction of imports. All run, even when one fails.
import { spawnSync } from 'node:child_process'
import { root } from './node-version.mjs'

export const checks = [
  { name: 'type check', arguments: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint and format', arguments: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
]
export const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
]

/** Runs one of the tools with the project's Node; true when it passed. */
export function run(toolArguments, environment = process.env) {
  const done = spawnSync(process.execPath, ['tools/run.mjs', ...toolArguments], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  })
  return done.status === 0
}

if (import.meta.filename === process.argv[1]) {
  const results = checks.map((check) => ({ name: check.name, passed: run(check.arguments) }))
  results.push({ name: 'architecture', passed: run([...jest, 'test/architecture.test.ts', '--reporters=default']) })
  for (const result of results) console.log(`${result.passed ? 'passed' : 'FAILED'}  ${result.name}`)
  process.exitCode = results.every((result) => result.passed) ? 0 : 1
}
