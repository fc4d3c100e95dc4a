// What `npm run check` and `npm test` run, and how.
import { spawnSync } from 'node:child_process'
import { root } from './node-version.mjs'

export const checks = [
  { name: 'type check', arguments: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint and format', arguments: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'sentences', arguments: ['tools/check-locales.mjs'] },
]
export const jest = ['--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']

/** Runs one of the tools with the project's Node; true when it passed. */
export function run(toolArguments, environment = process.env) {
  const done = spawnSync(process.execPath, ['tools/run.mjs', ...toolArguments], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  })
  return done.status === 0
}
