import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompiledMjml, compileMjml, MJML_PROCESS, type MjmlSource } from './compile-mjml.ts'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/layouts', import.meta.url))
/** Of somebody who changes a layout all day long only the last few are kept. */
const MAX_CACHED = 20

/**
 * Compiles as `compileMjml` does, and keeps what came out beside the packages: the same layouts, with the same partials
 * beside them and the same MJML, need not be compiled at every start. What has faults is not kept; where nothing can be
 * kept it is compiled each time.
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
    // Not there, or cut off when the disk was full.
  }
  const compiled = await compileMjml(sources)
  if (compiled.every((one) => 'html' in one)) await saveToCache(file, JSON.stringify(compiled), folder).catch(() => {})
  return compiled
}

/** Everything that what MJML makes of the sources depends on. */
async function keyOf(sources: readonly MjmlSource[], emailsDir: string): Promise<string> {
  const hash = createHash('sha256')
  const add = (text: string) => hash.update(`${text.length}:${text}`)
  for (const { path, text } of sources) add(path.slice(emailsDir.length)).update(text)
  const names = (await readdir(emailsDir, { recursive: true })).filter((name) => name.endsWith('.mjml'))
  for (const name of names.sort()) add(name).update(await readFile(join(emailsDir, name)))
  add(createRequire(import.meta.url)('mjml/package.json').version)
  add(await readFile(MJML_PROCESS, 'utf8'))
  return hash.digest('hex').slice(0, 32)
}

/** Written under another name and then renamed, so that processes that write the same file never see half of it. */
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
