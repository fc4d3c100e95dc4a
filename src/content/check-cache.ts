import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../core/errors.ts'
import { cacheFolder, cacheKey, saveToCache, sourceVersion } from './content-cache.ts'

const FOLDER = cacheFolder('checked')
const MAX_CACHED = 50

/**
 * Runs a deterministic check and records in node_modules/.cache when it found no problems, so that unchanged files are
 * not checked again at every start. The key is `depends` plus the source of the checking code. Works without the cache
 * where the folder cannot be written.
 */
export async function checkWithCache(
  depends: unknown,
  check: () => Promise<readonly Problem[]>,
  folder = FOLDER,
): Promise<readonly Problem[]> {
  const file = join(folder, cacheKey([JSON.stringify(depends), sourceVersion('core', 'flow', 'mail')]))
  if (
    await access(file).then(
      () => true,
      () => false,
    )
  )
    return []
  const problems = await check()
  if (problems.length === 0) await saveToCache(file, '', folder, MAX_CACHED)
  return problems
}
