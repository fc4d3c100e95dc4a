import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { BACKUP_USAGE, runBackup, secretsToKeep } from './cli/backup.ts'
import { MOVE_USAGE, runMove } from './cli/move-database.ts'
import { createProgressLine } from './cli/progress-line.ts'
import { RESTORE_USAGE, runRestore } from './cli/restore.ts'
import type { Config } from './config.ts'
import { AppError } from './core/errors.ts'
import { IDS_TO_SKIP } from './flow/delivery/restored-database.ts'
import { settingsSet } from './load-config.ts'
import { readSecret } from './local/load-secret.ts'
import { lockFolder } from './local/lock-data-folder.ts'
import { run } from './run.ts'
import { restoreBackup } from './store/backup/restore-backup.ts'
import { takeBackup } from './store/backup/take-backup.ts'
import { moveDatabase } from './store/move/move-database.ts'

interface Command {
  readonly usage: string
  work(config: Config, args: readonly string[]): Promise<{ text: string; status: number }>
}

/** Commands about the database as a whole, which start nothing of the service: `database-command.ts <command> [arguments]`. */
const COMMANDS: Readonly<Record<string, Command>> = {
  backup: { usage: BACKUP_USAGE, work: backup },
  restore: { usage: RESTORE_USAGE, work: restore },
  'move-database': { usage: MOVE_USAGE, work: move },
}

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
const usage =
  command?.usage ??
  Object.values(COMMANDS)
    .map((one) => one.usage)
    .join('\n')

await run(
  usage,
  async (config) => {
    if (command === undefined) throw new AppError('misconfigured', usage)
    const { text, status } = await command.work(config, args)
    if (status === 2) console.error(text)
    else console.log(text)
    process.exit(status)
  },
  () => command !== undefined,
)

function backup(config: Config, words: readonly string[]) {
  const secret = config.secretKey ?? readSecret(config.dataDir)
  return runBackup(
    {
      defaultFolder: join(config.dataDir, 'backups'),
      take(into) {
        if (secret === null)
          throw new AppError(
            'misconfigured',
            `There is no SECRET_KEY, and no file "secret" in ${config.dataDir}. Set it as the service has it.`,
          )
        return takeBackup({
          database: config.database,
          into: resolve(into),
          version: createRequire(import.meta.url)('../package.json').version,
          secret,
          salt: randomBytes(16),
          keepElsewhere: secretsToKeep(settingsSet()),
          now: Date.now,
          onProgress: createProgressLine(process.stderr),
        })
      },
    },
    words,
  )
}

function restore(config: Config, words: readonly string[]) {
  return runRestore(
    {
      restore({ from, replace }) {
        lockFolder(config.dataDir)
        return restoreBackup({
          database: config.database,
          from: resolve(from),
          dataDir: config.dataDir,
          secret: config.secretKey ?? readSecret(config.dataDir),
          replace,
          skipIds: IDS_TO_SKIP,
          now: Date.now,
          onProgress: createProgressLine(process.stderr),
        })
      },
    },
    words,
  )
}

function move(config: Config, words: readonly string[]) {
  return runMove(
    {
      move(to) {
        lockFolder(config.dataDir)
        return moveDatabase({
          from: config.database,
          to,
          now: Date.now,
          onProgress: createProgressLine(process.stderr),
        })
      },
    },
    words,
  )
}
