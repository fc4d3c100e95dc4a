import { type Problem, ProblemsError } from '../core/errors.ts'
import { PROVIDERS, type WebhookCredentials } from '../core/reports/providers.ts'
import { problemsBetweenSettings } from './problems-between-settings.ts'
import { SETTINGS, type SettingValues } from './settings.ts'

export interface ParsedSettings {
  readonly values: SettingValues
  readonly webhooks: WebhookCredentials
}

/**
 * Parses every setting of an environment; an empty value counts as unset. Throws ProblemsError with everything that is wrong
 * at once; a value is never part of the message.
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): ParsedSettings {
  const given = withoutEmpty(env)
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  for (const [name, { type, default: fallback, fix }] of SETTINGS) {
    const text = given[name] ?? fallback
    values[name] = null
    if (text === undefined) continue
    const parsed = type.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    for (const issue of parsed.error?.issues ?? []) {
      const ownFix = issue.code === 'custom' ? issue.params?.fix : undefined
      problems.push({ file: name, what: issue.message, fix: typeof ownFix === 'string' ? ownFix : fix })
    }
  }
  problems.push(...problemsBetweenSettings(given))
  if (problems.length > 0) throw new ProblemsError(problems)
  const webhooks = Object.fromEntries(PROVIDERS.map(({ name, setting }) => [name, values[setting.name]]))
  return { values: values as unknown as SettingValues, webhooks: webhooks as unknown as WebhookCredentials }
}

/** `NAME=` in an .env file means the same as leaving the line out. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    [...SETTINGS.keys()].flatMap((name) => {
      const value = env[name]?.trim()
      return value ? [[name, value]] : []
    }),
  )
}
