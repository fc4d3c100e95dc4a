// Which Node runs this project. better-sqlite3 crashes below 22 and type stripping wants 24.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const wantedMajor = 24
/** The version fetched from the registry when the host's own is older. */
export const pinnedNode = '24.21.0'
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
export const runtimeFolder = `${root}/.runtime`
export const nodePackage = `node-${process.platform}-${process.arch}`
export const ownNode = `${runtimeFolder}/node_modules/${nodePackage}/bin/node`

export function hostIsNewEnough(version = process.versions.node) {
  return Number.parseInt(version, 10) >= wantedMajor
}

/** Path of a Node that is new enough, or null when set-up has yet to fetch one. */
export function findNode() {
  if (hostIsNewEnough()) return process.execPath
  return existsSync(ownNode) ? ownNode : null
}
