import { relative } from 'node:path'

/** The path shown in problem reports: relative to the working directory, or absolute if the file is outside it. */
export function displayPath(path: string): string {
  const near = relative('.', path)
  return near.startsWith('..') ? path : near
}
