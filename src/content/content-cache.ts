import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of one cache below node_modules/.cache. */
export function cacheFolder(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/.cache/${name}`, import.meta.url))
}

/** A key for what these parts say; parts of other lengths or in another order have another one. */
export function cacheKey(parts: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:${part}`)
  return hash.digest('hex').slice(0, 32)
}

const versions = new Map<string, string>()

/** Changes with every source file of these folders of src. Each is read once per process. */
export function sourceVersion(...layers: readonly string[]): string {
  return layers
    .map((layer) => {
      const known = versions.get(layer)
      if (known !== undefined) return known
      const folder = fileURLToPath(new URL(`../${layer}`, import.meta.url))
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
      const version = cacheKey(names.sort().flatMap((name) => [name, readFileSync(join(folder, name), 'utf8')]))
      versions.set(layer, version)
      return version
    })
    .join(' ')
}

/** Changes with every package. */
export function packageVersions(): string {
  return readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')
}

/**
 * Best effort: writes nothing where the folder cannot be written. Writes to a temporary name and renames, so that concurrent
 * processes never read half a file; keeps the newest `max` files.
 */
export async function saveToCache(
  file: string,
  content: string | Uint8Array,
  folder: string,
  max: number,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const draft = `${file}.${process.pid}.draft`
    await writeFile(draft, content)
    await rename(draft, file)
    const kept = await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
    )
    const old = kept.sort((one, other) => other.at - one.at).slice(max)
    await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })))
  } catch {}
}
