import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { fetchProxyWarning } from '../../src/local/fetch-proxy-warning.ts'
import { freePort } from '../support/free-port.ts'
import { createTestApp, FIXTURE_COURSES } from '../support/test-app.ts'

test('the running site is asked, and says what it saw', async () => {
  const app = await createTestApp({
    env: { COURSE: 'three-days', TRUST_PROXY: '1' },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  try {
    const port = Number(new URL(app.url).port)
    expect(await fetchProxyWarning(port)).toEqual({ warning: null })
    await fetch(`${app.url}/privacy`)
    expect((await fetchProxyWarning(port))?.warning).toMatch(/TRUST_PROXY=1/)
  } finally {
    await app.close()
  }
})

test('where none runs, or another program answers, nothing is known', async () => {
  expect(await fetchProxyWarning(await freePort())).toBeNull()
  for (const body of ['hello', '{}', '{"checks":null}', '{"checks":{}}', 'null']) {
    const other = createServer((_request, response) => response.end(body))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    expect([body, await fetchProxyWarning((other.address() as AddressInfo).port)]).toEqual([body, null])
    await new Promise((resolve) => other.close(resolve))
  }
})
