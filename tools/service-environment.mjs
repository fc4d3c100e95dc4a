// What Node and the C library are told when a process of the service starts: it is to fit a small machine beside others.
import { root } from './node-version.mjs'

/**
 * Node sizes its heap by the machine's memory and lets garbage lie while there is room. A worker at full speed has 40 MB in
 * use; with these it takes half of the memory it would else take, for a twentieth more CPU (docs/decisions/0019-memory.md).
 * NODE_OPTIONS of your own come after them and win.
 */
const nodeOptions = ['--max-semi-space-size=8', '--max-old-space-size=256']

/** The environment of such a process; `env` is that of the caller. */
export function serviceEnvironment(env) {
  return {
    // The C library keeps memory apart for each thread, eight times as often as there are cores.
    MALLOC_ARENA_MAX: '2',
    // Types are stripped and modules compiled once, not at every start; where the folder cannot be written, as before.
    NODE_COMPILE_CACHE: `${root}/node_modules/.cache/compiled`,
    ...env,
    NODE_OPTIONS: [...nodeOptions, env.NODE_OPTIONS].filter(Boolean).join(' '),
  }
}
