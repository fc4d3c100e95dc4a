import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompiledMjml, compileMjml, MJML_PROCESS, type MjmlSource } from './compile-mjml.ts'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/layouts', import.meta.url))
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
  folder = FOLDER,
): Promise<readonly CompiledMjml[]> {
  const file = join(folder, `${await keyOf(sources, emailsDir)}.json`)
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly CompiledMjml[]
  } catch {
    // Missing, or truncated because the disk was full.
  }
  const compiled = await compileMjml(sources)
  if (compiled.every((one) => 'html' in one)) await saveToCache(file, JSON.stringify(compiled), folder).catch(() => {})
  return compiled
}

/** Hashes everything that affects MJML's output. */
async function keyOf(sources: readonly MjmlSource[], emailsDir: string): Promise<string> {
  const hash = createHash('sha256')
  const add = (text: string) => hash.update(`${text.length}:${text}`)
  for (const { path, text } of sources) add(path.slice(emailsDir.length)).update(text)
  const names = (await readdir(emailsDir, { recursive: true })).filter((name) => /\.(?:mjml|css|html)$/.test(name))
  for (const name of names.sort()) add(name).update(await readFile(join(emailsDir, name)))
  add(createRequire(import.meta.url)('mjml/package.json').version)
  add(await readFile(MJML_PROCESS, 'utf8'))
  return hash.digest('hex').slice(0, 32)
}

/** Writes to a temporary name and renames, so that concurrent processes never read half a file. */
async function saveToCache(file: string, text: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draft = `${file}.${process.pid}.draft`
  await writeFile(draft, text)
  await rename(draft, file)
  const kept = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  const old = kept.sort((one, other) => other.at - one.at).slice(MAX_CACHED)
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })))
}
