import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { envExample, withSettingTables } from './settings-documents.ts'

export interface SettingsDocument {
  /** Relative to the root of the project. */
  readonly file: string
  readonly text: string
  /** Its text as the settings are now. */
  readonly expected: string
}

/** `.env.example`, and every Markdown document of the project that has the markers of the tables. */
export function settingsDocuments(root: string): SettingsDocument[] {
  const read = (file: string) => readFileSync(join(root, file), 'utf8')
  const markdown = [root, join(root, 'docs')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === root ? name : `docs/${name}`)),
  )
  return [
    { file: '.env.example', text: read('.env.example'), expected: envExample() },
    ...markdown.flatMap((file) => {
      const text = read(file)
      const expected = withSettingTables(text)
      return expected === null ? [] : [{ file, text, expected }]
    }),
  ]
}
