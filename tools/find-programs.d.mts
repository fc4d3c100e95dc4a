/** Absolute path of a program, or null. */
export function findProgram(name: string): string | null

/** smtp-sink or smtp-source with the environment it needs; null if neither the system nor set-up provides it. */
export function findPostfixTool(
  name: 'smtp-sink' | 'smtp-source',
): { readonly path: string; readonly env: Readonly<Record<string, string | undefined>> } | null
