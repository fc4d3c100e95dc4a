import { expect, test } from '@jest/globals'
import { DESK_USAGE } from '../../src/cli/desk.ts'
import { MAIL_USAGE } from '../../src/cli/mail.ts'
import { SUPPRESSION_USAGE } from '../../src/cli/suppression.ts'
import { namesOption } from '../../src/cli/usages.ts'

test.each([
  ['desk -- invite', DESK_USAGE, '--role'],
  ['desk -- audit', DESK_USAGE, '--check'],
  ['mail -- release', MAIL_USAGE, '--anyway'],
])('%s takes its option', (_, usage, option) => expect(namesOption(usage, option)).toBe(true))

test('an option that no usage names, or a part of one, is none', () => {
  for (const usage of [DESK_USAGE, MAIL_USAGE, SUPPRESSION_USAGE])
    for (const option of ['--nonsense', '--', '--rol', '--checks']) expect(namesOption(usage, option)).toBe(false)
})
