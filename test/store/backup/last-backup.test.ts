import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parseDatabaseUrl } from '../../../src/core/service-urls/database-url.ts'
import { lastBackupAt } from '../../../src/store/backup/last-backup.ts'
import { takeBackup } from '../../../src/store/backup/take-backup.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestStore } from '../../support/test-store.ts'

test('the last backup is the newest whole one', async () => {
  const parts = await createTestStore()
  const folder = await createTempFolder()
  const into = join(folder.path, 'backups')
  try {
    expect(await lastBackupAt(into)).toBeNull()
    const parsed = parseDatabaseUrl(parts.url)
    if (!('value' in parsed)) throw new Error('The address of the test database cannot be read.')
    const takenAt = Date.parse('2026-03-02T09:00:00Z')
    await takeBackup({
      ...{ database: parsed.value, into, version: '1', secret: 'x'.repeat(40), salt: new Uint8Array(16) },
      ...{ keepElsewhere: [], now: () => takenAt },
    })
    expect(await lastBackupAt(into)).toBe(takenAt)
    for (const name of ['20260303T090000Z', '.unfinished-20260304T090000Z-1']) await mkdir(join(into, name))
    await writeFile(join(into, '20260303T090000Z', 'manifest.json'), '{ "format": 1 }')
    expect(await lastBackupAt(into)).toBe(takenAt)
  } finally {
    await parts.close()
    await folder.remove()
  }
})
