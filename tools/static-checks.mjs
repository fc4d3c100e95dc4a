// What `npm run check` and `npm test` run, and how.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from './node-version.mjs'

export const checks = [
  { name: 'type check', arguments: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint and format', arguments: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'sentences', arguments: ['tools/check-locales.mjs'] },
]
export const jest = ['--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']

/**
 * Runs one of the tools with the project's Node; true when it passed. What it prints is shown at once, or `together` when it has
 * ended, which keeps apart what tools say that run side by side.
 */
export async function run(toolArguments, { environment = process.env, together = false } = {}) {
  const child = spawn(process.execPath, ['tools/run.mjs', ...toolArguments], {
    cwd: root,
    env: together && process.stdout.isTTY ? { FORCE_COLOR: '1', ...environment } : environment,
    stdio: together ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  })
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk))
  const [status] = await once(child, 'close')
  process.stdout.write(Buffer.concat(printed))
  return status === 0
}
