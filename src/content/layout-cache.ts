import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type CompiledMjml, compileMjml, MJML_PROCESS, type MjmlSource } from './compile-mjml.ts'
import { cacheFolder, cacheKey, saveToCache } from './content-cache.ts'

const FOLDER = cacheFolder('layouts')
/** Limits the cache while somebody edits a layout all day. */
const MAX_CACHED = 20

/**
 * Does the same as `compileMjml`, and caches the result in node_modules/.cache, so that unchanged layouts are not
 * compiled at every start. The key covers the layouts, their partials and the MJML version. Results with problems are
 * not cached; works without the cache where the folder cannot be written.
 */
export async function compileWithCache(
  sources: readonly MjmlSource[],
  emailsDir: string,
  { folder = FOLDER, compile = compileMjml } = {},
): Promise<readonly CompiledMjml[]> {
  const file = join(folder, `${await keyOf(sources, emailsDir)}.json`)
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly CompiledMjml[]
  } catch {
    // Missing, or truncated because the disk was full.
  }
  const compiled = await compile(sources)
  if (compiled.every((one) => 'html' in one)) await saveToCache(file, JSON.stringify(compiled), folder, MAX_CACHED)
  return compiled
}

/** Hashes everything that affects MJML's output. */
async function keyOf(sources: readonly MjmlSource[], emailsDir: string): Promise<string> {
  const parts: string[] = []
  for (const { path, text } of sources) parts.push(path.slice(emailsDir.length), text)
  const names = (await readdir(emailsDir, { recursive: true })).filter((name) => /\.(?:mjml|css|html)$/.test(name))
  for (const name of names.sort()) parts.push(name, await readFile(join(emailsDir, name), 'utf8'))
  parts.push(createRequire(import.meta.url)('mjml/package.json').version, await readFile(MJML_PROCESS, 'utf8'))
  return cacheKey(parts)
}
