import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { PROVIDERS, providerOf } from '../../../src/core/reports/providers.ts'
import { SETTINGS } from '../../../src/settings/settings.ts'

const document = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8')

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))('%s', (name, provider) => {
  test('is found by its name, which no other has', () => {
    expect(providerOf(name)).toBe(provider)
    expect(PROVIDERS.filter((other) => other.name === name)).toHaveLength(1)
  })

  test('has its setting, and its row in docs/reports.md', () => {
    expect(SETTINGS.get(provider.setting.name)).toBe(provider.setting)
    expect(document).toMatch(new RegExp(`^\\|.*/hooks/${name}\\b.*\`${provider.setting.name}\``, 'm'))
  })

  test.each(['', 'null', '[]', '{"Message": "{}"', '7', '"text"'])('reads nothing out of %j', (raw) => {
    expect(provider.read(raw)).toBeNull()
  })
})
