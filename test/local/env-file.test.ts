import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readEnvFile } from '../../src/local/env-file.ts'
import { createTempFolder } from '../support/temp-folder.ts'

let folder: { path: string; remove(): Promise<void> }
let file: string
beforeEach(async () => {
  folder = await createTempFolder()
  file = join(folder.path, '.env')
})
afterEach(() => folder.remove())

async function read(content: string | Buffer) {
  await writeFile(file, content)
  return readEnvFile(file)
}

test('a byte order mark, other line ends, quotation marks, export and comments are read', async () => {
  const text =
    '\uFEFFPORT=8080\r\nexport COURSE=\'steady-week\'\r\n# note\r\nMAIL_ADDRESS="1 Street\nTown" # where\r\nEMPTY=\r\n'
  expect(await read(text)).toEqual({
    PORT: '8080',
    COURSE: 'steady-week',
    MAIL_ADDRESS: '1 Street\nTown',
    EMPTY: '',
  })
  expect(await read('PORT=1\rCOURSE=a')).toEqual({ PORT: '1', COURSE: 'a' })
})

test('no file is no setting', () => expect(readEnvFile(file)).toEqual({}))

test('a folder and text of another encoding are told with the fix', async () => {
  await mkdir(file)
  expect(() => readEnvFile(file)).toThrow(/\.env is a folder\. Make it a file, or remove it\.$/)
  file = join(folder.path, 'other')
  await expect(read(Buffer.from('\uFEFFPORT=8080', 'utf16le'))).rejects.toThrow(/not UTF-8 text\. Save it as UTF-8\.$/)
  await expect(read(Buffer.from('A=Caf\xe9', 'latin1'))).rejects.toThrow(/not UTF-8 text/)
})
