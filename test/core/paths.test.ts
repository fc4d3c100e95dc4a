import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { OWN_PATHS, paths } from '../../src/core/paths.ts'

test('the path of PUBLIC_URL cannot begin as any route of the site does', () => {
  const folder = new URL('../../src/web/', import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const routes = sources.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/router\.\w+\(\s*'\/([a-z-]+)/g)].map(
      ([, first]) => first,
    ),
  )
  const links = Object.values(paths).map((path) => path('x', 1).split('/')[1])
  const all = new Set([...routes, ...links].filter((first) => first !== ''))
  expect(all.size).toBeGreaterThan(10)
  for (const first of all) expect(OWN_PATHS).toContain(first)
})
