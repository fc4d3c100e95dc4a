// Settings of Node and the C library that let the service run on a small machine.
import { root } from './node-version.mjs'

/**
 * By default Node sizes its heap by the machine's memory and delays garbage collection. A worker at full speed uses 40
 * MB; these options halve its total memory for 5 % more CPU (docs/decisions/0019-memory.md). Your own NODE_OPTIONS
 * follow and take precedence.
 */
const nodeOptions = ['--max-semi-space-size=8', '--max-old-space-size=256']

/** The environment of a command; variables in `env` take precedence. */
export function commandEnvironment(env) {
  // Caches stripped and compiled modules between starts, if the folder is writable.
  return { NODE_COMPILE_CACHE: `${root}/node_modules/.cache/compiled`, ...env }
}

/** The environment of a service process; variables in `env` take precedence. */
export function serviceEnvironment(env) {
  return {
    // By default the C library has up to eight arenas per core.
    MALLOC_ARENA_MAX: '2',
    ...commandEnvironment(env),
    NODE_OPTIONS: [...nodeOptions, env.NODE_OPTIONS].filter(Boolean).join(' '),
  }
}
