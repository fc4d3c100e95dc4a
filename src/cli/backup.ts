import { SETTINGS } from '../settings/settings.ts'

export const BACKUP_USAGE = `npm run backup                 copies the database into a new folder in DATA_DIR/backups, while the service runs
npm run backup -- <folder>     the same in another folder, such as one on another disk
npm run backup -- --help       this text`

/** Settings that name a file with a private key. */
const KEY_FILES = ['DKIM_KEY_FILE', 'BOUNCE_TLS_KEY_FILE']

interface BackupDeps {
  readonly defaultFolder: string
  /** Copies the database into a new folder in this one. */
  take(into: string): Promise<{
    readonly folder: string
    readonly manifest: {
      readonly bytes: number
      readonly rows: Readonly<Record<string, number>>
      readonly keepElsewhere: readonly string[]
    }
  }>
}

/** Returns what to print and the exit status. */
export async function runBackup(deps: BackupDeps, args: readonly string[]): Promise<{ text: string; status: number }> {
  const [into = deps.defaultFolder, ...more] = args
  if (more.length > 0 || into.startsWith('-')) return { text: BACKUP_USAGE, status: 2 }
  const { folder, manifest } = await deps.take(into)
  const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
  return {
    text: [
      folder,
      `${rows.toLocaleString('en')} rows, ${(manifest.bytes / 1e6).toFixed(1)} MB, with the addresses of learners: keep it as safe as the database.`,
      `Keep these apart from it: ${manifest.keepElsewhere.join(', ')}. Without SECRET_KEY, links and answers in it are lost.`,
    ].join('\n'),
    status: 0,
  }
}

/** Names of the secrets that a restore needs and that no backup holds. `set` names the settings that have a value. */
export function secretsToKeep(set: readonly string[]): readonly string[] {
  const names = set.filter((name) => SETTINGS.get(name)?.secret === true || KEY_FILES.includes(name))
  return names.includes('SECRET_KEY') ? names : ['SECRET_KEY (the file "secret" in DATA_DIR)', ...names]
}
