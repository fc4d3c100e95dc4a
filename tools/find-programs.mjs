// Locates programs for the service and its tests, installed on the system or unpacked by set-up.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runtimeFolder } from './node-version.mjs'

/** Debian has servers in sbin, which is not in everybody's PATH. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin']

/** Absolute path of a program, or null. */
export function findProgram(name) {
  for (const folder of folders) {
    if (folder === '') continue
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  return null
}

/** A browser for the tests: CHROMIUM if set, otherwise the system's. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const name of ['chromium-headless-shell', 'chromium', 'google-chrome', 'google-chrome-stable']) {
    const found = findProgram(name)
    if (found !== null) return found
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  return existsSync(mac) ? mac : null
}

/** Whether any font is installed; without one, browsers render no text. */
export function hasFonts() {
  if (process.platform !== 'linux') return true
  return ['/usr/share/fonts', '/usr/local/share/fonts'].some(
    (folder) =>
      existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /\.(ttf|otf|ttc|pfb)$/i.test(file)),
  )
}

export const postfixFolder = join(runtimeFolder, 'postfix')

const postfixLibraries = 'usr/lib/postfix'

/** smtp-sink or smtp-source with the environment it needs; null if neither the system nor set-up provides it. */
export function findPostfixTool(name) {
  const installed = findProgram(name)
  if (installed !== null) return { path: installed, env: process.env }
  const unpacked = join(postfixFolder, 'usr/sbin', name)
  if (!existsSync(unpacked)) return null
  return { path: unpacked, env: { ...process.env, LD_LIBRARY_PATH: join(postfixFolder, postfixLibraries) } }
}

/** The folder of Postfix's server programs, and of the libraries that an unpacked one needs; null if there is none. */
export function findPostfixServer() {
  for (const folder of [join(postfixFolder, postfixLibraries, 'sbin'), '/usr/lib/postfix/sbin', '/usr/libexec/postfix'])
    if (existsSync(join(folder, 'master')))
      return { programs: folder, libraries: folder.startsWith(postfixFolder) ? dirname(folder) : null }
  return null
}

/** Where Debian keeps the programs of each version of PostgreSQL. */
const postgresFolder = '/usr/lib/postgresql'

/** A program of PostgreSQL, the newest version first; null if there is none. */
export function findPostgres(name) {
  const versions = existsSync(postgresFolder) ? readdirSync(postgresFolder).sort((a, b) => Number(b) - Number(a)) : []
  const places = versions.map((version) => join(postgresFolder, version, 'bin', name))
  return places.find((place) => existsSync(place)) ?? findProgram(name)
}
