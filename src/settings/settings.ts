import type { z } from 'zod'
import { PROVIDERS } from '../core/reports/providers.ts'
import type { Setting } from '../core/setting.ts'
import { email, reports } from './email-settings.ts'
import { data, monitoring, privacy, queue, site } from './service-settings.ts'

const table = { ...site, ...data, ...queue, ...email, ...reports, ...privacy, ...monitoring }

export type SettingName = keyof typeof table

type ValueOf<One extends Setting> = z.output<One['type']> | (One extends { default: string } ? never : null)

/** The parsed value of every setting that does not belong to a provider; null: unset, without a default. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof table)[Name]> }

const webhooks = Object.fromEntries(PROVIDERS.map(({ setting }) => [setting.name, setting]))

/** Every setting of the service, by the groups and in the order in which the documents show them. */
export const SETTING_GROUPS: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  Site: site,
  Data: data,
  Queue: queue,
  Email: email,
  'Bounces and complaints': { ...reports, ...webhooks },
  'Privacy page': privacy,
  Monitoring: monitoring,
}

/** Every setting by its name. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.values(SETTING_GROUPS).flatMap((group) => Object.entries(group)),
)

/** How to correct a setting, in a sentence. */
export function fixOf(name: SettingName): string {
  return table[name].fix
}
