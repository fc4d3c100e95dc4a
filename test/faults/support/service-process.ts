// The service in a separate process, to be killed, frozen and blocked. FAULT_* variables configure it; it takes
// commands as lines of JSON on stdin and reports as lines of JSON on stdout.
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { type App, createApp } from '../../../src/app.ts'
import { readConfig, requireServices } from '../../../src/config.ts'
import { type Point, type Reach, withFaultPoints } from './fault-points.ts'
import type { Command, Role, ServiceMessage } from './service.ts'

const env = process.env
const say = (words: ServiceMessage) => process.stdout.write(`${JSON.stringify(words)}\n`)

let clockOffset = Number(env.FAULT_CLOCK_OFFSET ?? 0)
let trap: { point: Point; act: 'halt' | 'block' | 'freeze'; ms: number } | null = null

const reach: Reach = async (point) => {
  if (trap?.point !== point) return
  const { act, ms } = trap
  trap = null
  say({ at: point })
  if (act === 'halt') await new Promise(() => {})
  if (act === 'freeze') process.kill(process.pid, 'SIGSTOP')
  const end = performance.now() + ms
  while (performance.now() < end);
}

const config = readConfig(env)
const copies = Number(env.FAULT_WORKERS ?? 1)
const apps: App[] = []
for (let copy = 0; copy < copies; copy += 1) {
  const app = await createApp(
    {
      ...requireServices(config),
      secretKey: env.FAULT_SECRET ?? '',
    },
    {
      clock: env.FAULT_OWN_CLOCK ? undefined : { now: () => Date.now() + clockOffset },
      ...(env.FAULT_LESSONS ? { lessonsDir: env.FAULT_LESSONS } : {}),
      wrapStore: (store) => withFaultPoints(store, reach),
      // test/start.test.ts starts with the check.
      checkEmails: false,
      sweepEveryMs: Number(env.FAULT_SWEEP_MS ?? 200),
      smtpSilenceMs: Number(env.FAULT_SILENCE_MS ?? 5_000),
      settings: {
        leaseMs: Number(env.FAULT_LEASE_MS ?? 120_000),
        resendAfterMs: Number(env.FAULT_RESEND_MS ?? 900_000),
      },
    } as Parameters<typeof createApp>[1],
  )
  apps.push(app)
}

const start = async (role: Role) => {
  let port = 0
  if (role !== 'worker') port = (await (apps[0] as App).listen()).port
  if (role !== 'web') for (const app of apps) await app.startWorker()
  say({ ready: port })
}

const execute = async (command: Command) => {
  switch (command.do) {
    case 'start':
      return start(command.role)
    case 'clock':
      clockOffset = command.offset
      return
    case 'trap':
      trap = { point: command.at, act: command.act, ms: command.ms ?? 0 }
      return
    case 'stop':
      await Promise.all(apps.map((app) => app.close()))
      process.exit(0)
  }
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const command = JSON.parse(line) as Command & { id: number }
    await execute(command)
    say({ done: command.id })
  })
  // The parent process has ended.
  .on('close', () => process.exit(0))
say({ loaded: process.pid })
// A killed process does not run exit handlers, so the compile cache is written now.
flushCompileCache()
