import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readDkimKeys } from '../../../src/mail/message/dkim-files.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

let folder: { path: string; remove(): Promise<void> }
beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(() => folder.remove())

const read = (keyFile: string) => readDkimKeys([{ domain: 'course.example', selector: 's', keyFile }])

test('a key file that is missing, a folder, or no key is told by its setting and name, with the fix', async () => {
  const missing = join(folder.path, 'dkim.pem')
  await expect(read(missing)).rejects.toMatchObject({
    code: 'misconfigured',
    message: `DKIM_KEY_FILE: ${missing} does not exist. Put the private key there, or correct the path.`,
  })
  await expect(read(folder.path)).rejects.toThrow(/^DKIM_KEY_FILE: .* is a folder\. Name the file/)
  await writeFile(missing, 'no key')
  await expect(read(missing)).rejects.toThrow(/DKIM_KEY_FILE \(.*\) does not contain a private key/)
})

test('a key with a byte order mark before it is read', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const file = join(folder.path, 'dkim.pem')
  await writeFile(file, `\uFEFF${privateKey.export({ type: 'pkcs8', format: 'pem' })}`)
  expect((await read(file))[0]?.key.asymmetricKeyType).toBe('ed25519')
})
