import type { CompleteConfig } from './app.ts'
import { type Config, readConfig, requireServices } from './config.ts'
import { readEnvFile } from './local/env-file.ts'
import { loadOrCreateSecret } from './local/load-secret.ts'
import { prepareFolder } from './local/lock-data-folder.ts'
import { setPrivateUmask } from './local/private-files.ts'
import { SETTINGS } from './settings/settings.ts'

/**
 * The settings from the environment, and from a file `.env` where there is one; the environment wins. Files made from then
 * on are this user's alone.
 */
export function loadConfig(): Config {
  setPrivateUmask()
  for (const [name, value] of Object.entries(readEnvFile('.env'))) process.env[name] ??= value
  const config = readConfig(process.env)
  prepareFolder(config.dataDir)
  return config
}

/** Names of the settings that have a value. */
export function settingsSet(): readonly string[] {
  return [...SETTINGS.keys()].filter((name) => (process.env[name] ?? '').trim() !== '')
}

/** SECRET_KEY, or the one kept in the data folder. */
export function secretKeyFor(config: Config): string {
  return config.secretKey ?? loadOrCreateSecret(config.dataDir)
}

/** The config of a process that starts nothing beside itself. Throws ProblemsError where Redis or the relay is not named. */
export function requireCompleteConfig(config: Config): CompleteConfig {
  return { ...requireServices(config), secretKey: secretKeyFor(config) }
}
