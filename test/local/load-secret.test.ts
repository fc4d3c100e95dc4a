import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { loadOrCreateSecret } from '../../src/local/load-secret.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootcamp-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the first start makes a secret that only its owner can read, and the next one finds it', () => {
  const secret = loadOrCreateSecret(join(folder, 'data'))
  expect(secret).toMatch(/^[\w-]{64}$/)
  expect(statSync(join(folder, 'data/secret')).mode & 0o777).toBe(0o600)
  expect(loadOrCreateSecret(join(folder, 'data'))).toBe(secret)
  expect(readdirSync(join(folder, 'data'))).toEqual(['secret'])
})

test('two folders have two secrets', () => {
  expect(loadOrCreateSecret(join(folder, 'a'))).not.toBe(loadOrCreateSecret(join(folder, 'b')))
})

test('a damaged secret is told, not replaced', () => {
  loadOrCreateSecret(folder)
  truncateSync(join(folder, 'secret'), 10)
  expect(() => loadOrCreateSecret(folder)).toThrow(/damaged/)
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toHaveLength(10)
})

test('an unreadable secret is told, with the cure', () => {
  loadOrCreateSecret(folder)
  rmSync(join(folder, 'secret'))
  // A folder in its place cannot be read by anyone, root included.
  loadOrCreateSecret(join(folder, 'secret'))
  chmodSync(join(folder, 'secret'), 0o700)
  expect(() => loadOrCreateSecret(folder)).toThrow(/Cannot read the secret .* Give this user the right/)
})
