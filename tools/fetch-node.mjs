// Installs Node into the project from the npm registry, verified by npm against a hash in this repository. Plain
// JavaScript without dependencies, like set-up.mjs.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs `name` at `version` into `folder`. `npm` runs npm in a folder and returns its exit status and output.
 * Returns null, or a sentence about the problem, with nothing left behind.
 */
export function fetchNode({ folder, name, version, integrity, npm }) {
  if (integrity === undefined) return `There is no hash for ${name} ${version} in tools/node-version.mjs. Add it there.`
  const dependencies = { [name]: version }
  const lock = {
    name: 'runtime',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } },
  }
  // npm deletes node_modules first, and this folder contains other things.
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
  const { status, output } = npm(['ci', '--ignore-scripts', '--prefer-offline'], folder)
  const isThere = existsSync(join(folder, 'node_modules', name))
  if (status === 0 && isThere) return null
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
  if (/EINTEGRITY|sha512-|integrity/i.test(output))
    return `The Node ${version} that was fetched is not the one whose hash is in tools/node-version.mjs, so it was not used. Check where npm fetches from ("npm config get registry"), or install Node 24 yourself.`
  return `Node ${version} could not be fetched:\n${output}`
}
