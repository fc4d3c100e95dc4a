import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { serviceEnvironment } from '../tools/service-environment.mjs'

/** Megabytes a process of the service may fill with what has lived for a while. */
function heapLimit(env: Readonly<Record<string, string>>): number {
  const script = 'console.log(require("node:v8").getHeapStatistics().heap_size_limit / 2 ** 20)'
  return Number(execFileSync(process.execPath, ['-e', script], { env: serviceEnvironment(env), encoding: 'utf8' }))
}

test('a process of the service is bounded, whatever memory the machine has', () => {
  expect(heapLimit({})).toBeLessThan(320)
})

test("an operator's own NODE_OPTIONS and settings win", () => {
  expect(heapLimit({ NODE_OPTIONS: '--max-old-space-size=777' })).toBeGreaterThan(700)
  expect(serviceEnvironment({ MALLOC_ARENA_MAX: '8', NODE_COMPILE_CACHE: '/elsewhere', PORT: '1' })).toMatchObject({
    MALLOC_ARENA_MAX: '8',
    NODE_COMPILE_CACHE: '/elsewhere',
    PORT: '1',
  })
})
