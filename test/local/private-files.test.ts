import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { filesOpenToOthers, restrictPermissions } from '../../src/local/private-files.ts'
import { createTempFolder } from '../support/temp-folder.ts'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let dataDir: string
const places = () => ({ dataDir, database: { sqlite: join(dataDir, 'bootcamp.db') } })
const modeOf = (...path: readonly string[]) => lstatSync(join(folder.path, ...path)).mode & 0o777

function put(path: string, mode: number): void {
  writeFileSync(join(folder.path, path), '')
  chmodSync(join(folder.path, path), mode)
}

beforeEach(async () => {
  folder = await createTempFolder()
  dataDir = join(folder.path, 'data')
  mkdirSync(join(dataDir, 'deep', 'deeper'), { recursive: true })
  for (const path of ['data', 'data/deep', 'data/deep/deeper']) chmodSync(join(folder.path, path), 0o755)
})
afterEach(() => folder.remove())

test('closes files and folders at every depth, and nothing is reported any more', () => {
  put('data/bootcamp.db', 0o644)
  put('data/deep/deeper/copy', 0o666)
  expect(filesOpenToOthers(places())).toHaveLength(5)
  expect(restrictPermissions(places())).toBeNull()
  expect([modeOf('data'), modeOf('data', 'deep', 'deeper')]).toEqual([0o700, 0o700])
  expect([modeOf('data', 'bootcamp.db'), modeOf('data', 'deep', 'deeper', 'copy')]).toEqual([0o600, 0o600])
  expect(filesOpenToOthers(places())).toEqual([])
})

test('leaves alone what is closed still further', () => {
  put('data/secret', 0o400)
  restrictPermissions(places())
  expect(modeOf('data', 'secret')).toBe(0o400)
})

test('follows no link, to a file or to a folder', () => {
  mkdirSync(join(folder.path, 'others'))
  chmodSync(join(folder.path, 'others'), 0o755)
  put('others/file', 0o644)
  symlinkSync(join(folder.path, 'others'), join(dataDir, 'folder-link'))
  symlinkSync(join(folder.path, 'others', 'file'), join(dataDir, 'file-link'))
  symlinkSync('/nowhere', join(dataDir, 'dangling'))
  expect(restrictPermissions(places())).toBeNull()
  expect([modeOf('others'), modeOf('others', 'file')]).toEqual([0o755, 0o644])
})

test('a data folder that is itself reached by a link is meant', () => {
  put('data/secret', 0o644)
  symlinkSync(dataDir, join(folder.path, 'by-link'))
  expect(
    restrictPermissions({ dataDir: join(folder.path, 'by-link'), database: { sqlite: join(dataDir, 'bootcamp.db') } }),
  ).toBeNull()
  expect([modeOf('data'), modeOf('data', 'secret')]).toEqual([0o700, 0o600])
})

test('of a database elsewhere, closes what SQLite makes, and not its folder', () => {
  mkdirSync(join(folder.path, 'db'))
  chmodSync(join(folder.path, 'db'), 0o755)
  for (const name of ['x.db', 'x.db-wal', 'x.db-shm', 'other']) put(`db/${name}`, 0o644)
  restrictPermissions({ dataDir, database: { sqlite: join(folder.path, 'db', 'x.db') } })
  expect(['x.db', 'x.db-wal', 'x.db-shm'].map((name) => modeOf('db', name))).toEqual([0o600, 0o600, 0o600])
  expect([modeOf('db'), modeOf('db', 'other')]).toEqual([0o755, 0o644])
})

test('a database that is reached by a link is meant where it lies', () => {
  mkdirSync(join(folder.path, 'disk'))
  for (const name of ['x.db', 'x.db-wal']) put(`disk/${name}`, 0o644)
  symlinkSync(join(folder.path, 'disk', 'x.db'), join(dataDir, 'bootcamp.db'))
  restrictPermissions(places())
  expect([modeOf('disk', 'x.db'), modeOf('disk', 'x.db-wal')]).toEqual([0o600, 0o600])
})

test('what belongs to another user is one sentence with the fix', () => {
  for (const name of ['a', 'b', 'c']) put(`data/${name}`, 0o644)
  const sentence = restrictPermissions(places(), 65_533)
  expect(sentence).toMatch(/^Others may read .* and 3 more, which belong to another user\. .*chown -R 65533 /)
  expect(modeOf('data', 'a')).toBe(0o644)
})

test('where the data folder holds a home or the program, only what the service makes is touched', () => {
  put('data/bootcamp.db', 0o644)
  put('data/deep/program', 0o755)
  expect(restrictPermissions({ ...places(), others: [join(dataDir, 'deep')] })).toMatch(
    /Set DATA_DIR to a folder of its own/,
  )
  expect(modeOf('data', 'bootcamp.db')).toBe(0o600)
  expect([modeOf('data'), modeOf('data', 'deep'), modeOf('data', 'deep', 'program')]).toEqual([0o755, 0o755, 0o755])
})
