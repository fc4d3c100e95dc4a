import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { helpOrUsage, USAGES } from './usages.ts'

/** `npm run settings [-- --write]`: compares the documents with the table of settings, or writes them. Status 1 if any differs. */
const args = process.argv.slice(2)
const instead = helpOrUsage(USAGES.settings, args, () => args.every((word) => word === '--write'))
if (instead !== null) {
  console.log(instead.text)
  process.exitCode = instead.status
} else {
  const { settingsDocuments } = await import('../settings/settings-files.ts')
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const stale = settingsDocuments(root).filter(({ text, expected }) => text !== expected)
  const names = stale.map(({ file }) => file).join(', ')
  if (stale.length === 0) console.log('Every document matches the settings.')
  else if (args.length > 0) {
    for (const { file, expected } of stale) writeFileSync(join(root, file), expected)
    console.log(`Written: ${names}.`)
  } else {
    console.log(`${names}: does not match the settings. Write it with: npm run settings -- --write`)
    process.exitCode = 1
  }
}
