import { relative } from 'node:path'

/** A path as faults show it: relative to the folder the service runs in, or whole when it lies elsewhere. */
export function displayPath(path: string): string {
  const near = relative('.', path)
  return near.startsWith('..') ? path : near
}
