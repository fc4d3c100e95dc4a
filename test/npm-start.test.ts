import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { freePort } from './support/free-port.ts'
import { createTempFolder } from './support/temp-folder.ts'
import { waitFor } from './support/wait-for.ts'
import { matrix } from './trial-sizes.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
let folder: { path: string; remove(): Promise<void> }
let all: number[] = []

beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(async () => {
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
  }
  all = []
  await folder.remove()
})

/** Parents of every process that runs, and whether it is only waited for. */
function processes(): Map<number, number> {
  const found = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state !== 'Z') found.set(Number(name), Number(parent))
    } catch {}
  }
  return found
}

function descendantsOf(pid: number): number[] {
  const running = processes()
  const found = [pid]
  for (const one of found) for (const [child, parent] of running) if (parent === one) found.push(child)
  return found
}

const isRunning = (pid: number) => processes().has(pid)

/** Starts the service as a supervisor would, with all it brings along, and waits until it answers. */
async function start(): Promise<{ pid: number; ended: Promise<number | null> }> {
  const port = await freePort()
  const { NODE_OPTIONS: _, ...own } = process.env
  const env = { ...own, PORT: String(port), DATA_DIR: join(folder.path, 'data'), NODE_ENV: 'development' }
  const child = spawn('npm', ['start'], { cwd: ROOT, env, stdio: 'ignore', detached: true })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const answers = () =>
    fetch(`http://localhost:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await waitFor(answers, 'the service to be ready', 80_000)
  all = descendantsOf(child.pid ?? 0)
  const names = all.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).join('\n')
  for (const part of ['run.mjs', 'start.ts', 'redis-server', 'mailbox-process']) expect(names).toContain(part)
  return { pid: child.pid ?? 0, ended }
}

/** npm forwards the first two, and says nothing of the others. */
const SIGNALS = matrix<NodeJS.Signals>({
  gate: ['SIGTERM', 'SIGKILL'],
  full: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'],
})

test.each(SIGNALS)(
  '%s to npm itself ends the service and everything it started',
  async (signal) => {
    const { pid, ended } = await start()
    process.kill(pid, signal)
    const left = () => all.filter(isRunning)
    await waitFor(
      () => left().length === 0,
      () => `nothing to be left; still there: ${left().join(' ')}`,
      40_000,
    )
    const code = await ended
    if (signal === 'SIGTERM') expect(code).toBe(0)
  },
  150_000,
)

test('two Ctrl-C in a terminal end all of it at once', async () => {
  const { pid } = await start()
  process.kill(-pid, 'SIGINT')
  process.kill(-pid, 'SIGINT')
  await waitFor(() => all.filter(isRunning).length === 0, 'nothing to be left', 40_000)
}, 150_000)

test('the script that runs the service killed: nothing is left', async () => {
  const { pid } = await start()
  const script = descendantsOf(pid).find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('run.mjs'))
  process.kill(script ?? 0, 'SIGKILL')
  await waitFor(() => all.filter(isRunning).length === 0, 'nothing to be left', 40_000)
}, 150_000)
