// What `npm run check` and `npm test` run, and how.
import { spawn, spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
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

/**
 * The same beside others; resolves to whether it passed and, unless it is to be seen at once, to what it printed. One with a
 * higher `niceness` waits while another one computes.
 */
export function startBeside(toolArguments, { environment = process.env, niceness = 0, visible = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['tools/run.mjs', ...toolArguments], {
      cwd: root,
      env: environment,
      stdio: visible ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    })
    if (niceness > 0) setPriority(child.pid, niceness)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.once('close', (code) => resolve({ passed: code === 0, output }))
  })
}
