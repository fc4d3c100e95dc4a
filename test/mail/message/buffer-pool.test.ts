import { expect, test } from '@jest/globals'
import { createBufferPool } from '../../../src/mail/message/buffer-pool.ts'
import { loadSamples } from './sample-mail.ts'

test('what was given back serves the next message that fits, cut to its length', () => {
  const memory = createBufferPool()
  const first = memory.take(30_000)
  expect(first).toHaveLength(30_000)
  memory.recycle(first)
  const second = memory.take(31_000)
  expect(second.buffer).toBe(first.buffer)
  expect(second).toHaveLength(31_000)
  expect(memory.take(31_000).buffer).not.toBe(first.buffer)
})

test('a message that is longer gets memory of its own', () => {
  const memory = createBufferPool()
  memory.recycle(memory.take(10))
  expect(memory.take(100_000)).toHaveLength(100_000)
})

test('no more is kept than a busy worker has use for', () => {
  const memory = createBufferPool()
  const taken = Array.from({ length: 200 }, () => memory.take(10))
  for (const message of taken) memory.recycle(message)
  const again = new Set(Array.from({ length: 200 }, () => memory.take(10).buffer))
  expect(taken.filter((message) => again.has(message.buffer))).toHaveLength(128)
})

test('a message keeps its bytes until it is released, and a released one leaves nothing in the next', async () => {
  const { composer, mail } = await loadSamples()
  const first = await composer.compose(mail({ name: 'Ada', to: 'ada@example.com' }))
  const second = await composer.compose(mail({ name: 'Grace, with a longer name', to: 'grace@example.com' }))
  const asSent = Buffer.from(first.raw)
  second.release?.()
  const third = await composer.compose(mail({ name: 'Bo', to: 'bo@example.com' }))
  expect(third.raw.buffer).toBe(second.raw.buffer)
  expect(first.raw.equals(asSent)).toBe(true)
  expect(third.raw.includes('grace')).toBe(false)
  expect(third.raw.subarray(-4).toString()).toBe('--\r\n')
})
