import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { cacheFolder, cacheKey, packageVersions, saveToCache, sourceVersion } from './content-cache.ts'

const FOLDER = cacheFolder('parsed')
const MAX_CACHED = 50

/**
 * What `parse` makes of these texts, which takes a quarter of a start, or what it made of them last time. The key covers the
 * texts, this project's parsers and every package. Results with problems are not cached: `isSound` says which have none. They are plain
 * data. Works without the cache where the folder cannot be written.
 */
export async function parseWithCache<Parsed>(
  texts: Iterable<string>,
  parse: () => Parsed,
  isSound: (parsed: Parsed) => boolean,
  folder = FOLDER,
): Promise<Parsed> {
  const key = cacheKey([...texts, sourceVersion('core', 'content'), packageVersions()])
  const file = join(folder, key)
  try {
    return deserialize(await readFile(file)) as Parsed
  } catch {
    // Missing, or written by a newer Node.
  }
  const parsed = parse()
  if (isSound(parsed)) await saveToCache(file, serialize(parsed), folder, MAX_CACHED)
  return parsed
}
