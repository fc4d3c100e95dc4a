import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { createReportReader, type ReportReader } from '../../src/inbound/report-reader.ts'
import { deliveryReport } from '../support/sample-reports.ts'

const BY_FIRST_BYTE = fileURLToPath(new URL('../fixtures/threads/by-first-byte.mjs', import.meta.url))
let reader: ReportReader

afterEach(() => reader.close())

test('reports are read in another thread, which is reused', async () => {
  reader = createReportReader()
  const raw = Buffer.from(deliveryReport({ to: 'a@b.example', messageId: 'abc@course.example' }))
  for (let time = 0; time < 3; time += 1)
    expect(await reader.read(raw)).toEqual({
      kind: 'bounced',
      about: { tag: null, messageId: 'abc@course.example' },
      reason: 'userunknown',
      permanent: true,
    })
})

test.each([
  ['works for ever', 'w', 'took too long'],
  ['fills its memory', 'm', 'memory'],
  ['ends its thread', 'e', 'exited'],
  ['throws', 't', 'broken by the test'],
])('a report whose reader %s fails alone, and this process goes on meanwhile', async (_what, wish, why) => {
  reader = createReportReader({ deadlineMs: wish === 'm' ? 20_000 : 300, thread: BY_FIRST_BYTE })
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 5)
  const failing = reader.read(Buffer.from(wish))
  const behind = reader.read(Buffer.from('fine'))
  await expect(failing).rejects.toThrow(why)
  await sleep(20)
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(2)
  expect((await behind).about.tag).toBe('f')
})

test('closing waits for the report being read', async () => {
  reader = createReportReader({ thread: BY_FIRST_BYTE })
  const read = reader.read(Buffer.from('last'))
  await reader.close()
  expect((await read).about.tag).toBe('l')
})
