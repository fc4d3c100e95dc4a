// The checks of `npm run check` and `npm test`.
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

/** Runs a tool with the project's Node; true if it passed. */
export function run(toolArguments, environment = process.env) {
  const done = spawnSync(process.execPath, ['tools/run.mjs', ...toolArguments], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  })
  return done.status === 0
}
