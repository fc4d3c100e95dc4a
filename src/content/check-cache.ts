import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { access, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../core/errors.ts'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/checked', import.meta.url))
const SOURCES = ['core', 'flow', 'mail'].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)))
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
  const file = join(folder, keyOf(depends))
  if (
    await access(file).then(
      () => true,
      () => false,
    )
  )
    return []
  const problems = await check()
  if (problems.length === 0) await saveToCache(file, folder).catch(() => {})
  return problems
}

function keyOf(depends: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(depends))
  for (const folder of SOURCES) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)))
    }
  }
  return hash.digest('hex').slice(0, 32)
}

async function saveToCache(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(file, '')
  const kept = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  const old = kept.sort((one, other) => other.at - one.at).slice(MAX_CACHED)
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })))
}
