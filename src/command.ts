import { join } from 'node:path'
import { asksForHelp, namesOption } from './cli/usages.ts'
import { AppError } from './core/errors.ts'
import type { Ports } from './flow/ports/ports.ts'
import { run } from './run.ts'

interface Command {
  readonly usage: string
  work(ports: Ports, args: readonly string[]): Promise<{ readonly text: string; readonly status: number }>
}

/** Only the command that is asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  async desk() {
    const { DESK_USAGE, runDesk } = await import('./cli/desk.ts')
    return { usage: DESK_USAGE, work: runDesk }
  },
  async mail() {
    const { MAIL_USAGE, runMail } = await import('./cli/mail.ts')
    return { usage: MAIL_USAGE, work: runMail }
  },
  async suppression() {
    const { runSuppression, SUPPRESSION_USAGE } = await import('./cli/suppression.ts')
    return { usage: SUPPRESSION_USAGE, work: runSuppression }
  },
}

/** The operator's commands: `command.ts <command> [arguments]`. Work while the service runs, and while it does not. */
const [name = '', ...args] = process.argv.slice(2)
if (name === 'doctor' && !asksForHelp(args)) await (await import('./doctor.ts')).doctor(args)
else {
  const command = Object.hasOwn(commands, name) ? ((await commands[name]?.()) ?? null) : null
  const usage = command?.usage ?? (await usageOf(name))
  await run(
    usage,
    async (config) => {
      if (command === null) throw new AppError('misconfigured', usage)
      const { createApp } = await import('./app.ts')
      const { secretKeyFor } = await import('./load-config.ts')
      const complete = {
        ...config,
        logLevel: 'silent' as const,
        secretKey: secretKeyFor(config),
        redis: config.redis ?? { socket: join(config.dataDir, 'redis', 'redis.sock') },
        smtp: config.smtp ?? { secure: false, host: '127.0.0.1', port: 1, credentials: null },
      }
      const app = await createApp(complete, { checkEmails: false })
      const { text, status } = await command.work(app.ports, args)
      console.log(text)
      await app.close()
      process.exit(status)
    },
    // Which words fit, each command says itself; an option that its usage does not name is refused before anything is opened.
    (words) => command !== null && words.every((word) => !word.startsWith('--') || namesOption(command.usage, word)),
  )
}

/** The help of the doctor, or for a command that does not exist that of all. */
async function usageOf(name: string): Promise<string> {
  const { DOCTOR_USAGE } = await import('./cli/doctor/doctor.ts')
  if (name === 'doctor') return DOCTOR_USAGE
  const all = await Promise.all(Object.values(commands).map((load) => load()))
  return [...all.map(({ usage }) => usage), DOCTOR_USAGE].join('\n')
}
