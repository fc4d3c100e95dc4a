import { mailgun } from './mailgun.ts'
import { postmark } from './postmark.ts'
import { sendgrid } from './sendgrid.ts'
import { ses } from './ses.ts'
import type { ReportProvider } from './webhook.ts'

/** Every relay that can report by webhook. Routes, settings and documentation are derived from this list. */
const providers = [ses, postmark, mailgun, sendgrid] as const

type Provider = (typeof providers)[number]

export type ProviderName = Provider['name']

export const PROVIDERS: readonly ReportProvider<ProviderName>[] = providers

/** The secrets that verify each provider's requests; null if its webhook is not configured. Never print them. */
export type WebhookCredentials = {
  readonly [One in Provider as One['name']]:
    | (One extends ReportProvider<string, infer Credentials> ? Credentials : never)
    | null
}

export function providerOf(name: ProviderName): ReportProvider<ProviderName> {
  return PROVIDERS.find((provider) => provider.name === name) as ReportProvider<ProviderName>
}
