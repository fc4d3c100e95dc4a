import type { Setting } from '../core/setting.ts'
import { SETTING_GROUPS } from './settings.ts'

const START = '<!-- settings:start -->'
const END = '<!-- settings:end -->'
const MAX_COMMENT_LENGTH = 118

/** The text of `.env.example`: every setting with its meaning and an example. */
export function envExample(): string {
  const groups = Object.entries(SETTING_GROUPS).map(([title, settings]) =>
    [`# ${title}`, '', ...Object.entries(settings).map(([name, setting]) => exampleLines(name, setting))].join('\n'),
  )
  return [
    '# Every setting of the service, written by "npm run settings -- --write". Copy this file to .env and fill in what you need;',
    '# the environment takes precedence over it. A wrong value is reported at start, with its fix.',
    '',
    ...groups,
  ].join('\n')
}

function exampleLines(name: string, setting: Setting): string {
  const { meaning, example = setting.default ?? '' } = setting
  const sentence = `${meaning[0]?.toUpperCase()}${meaning.slice(1)}. Unset: ${unsetText(setting)}.`.replaceAll('`', '')
  const comment = sentence.replaceAll(new RegExp(`(.{1,${MAX_COMMENT_LENGTH}})(?:\\s+|$)`, 'g'), '# $1\n')
  return `${comment}${name}=${example}\n`
}

/**
 * A Markdown document with the tables of the settings between its markers as they should be; null if it has no markers.
 */
export function withSettingTables(document: string): string | null {
  const start = document.indexOf(START)
  const end = document.indexOf(END, start)
  if (start < 0 || end < 0) return null
  return `${document.slice(0, start)}${START}\n\n${settingTables()}\n${document.slice(end)}`
}

function settingTables(): string {
  return Object.entries(SETTING_GROUPS)
    .map(([title, settings]) =>
      [
        `### ${title}`,
        '',
        '| setting | meaning | when unset |',
        '|---|---|---|',
        ...Object.entries(settings).map(
          ([name, setting]) =>
            `| \`${name}\`${setting.secret ? ' (secret)' : ''} | ${setting.meaning} | ${unsetText(setting)} |`,
        ),
        '',
      ].join('\n'),
    )
    .join('\n')
}

function unsetText({ unset, default: fallback }: Setting): string {
  return unset ?? (fallback === undefined ? 'none' : `\`${fallback}\``)
}
