/** Absolute path of a program, or null. */
export function findProgram(name: string): string | null

/** smtp-sink or smtp-source: its path and the environment it needs, or null when neither the system nor set-up has it. */
export function findPostfixTool(
  name: 'smtp-sink' | 'smtp-source',
): { readonly path: string; readonly env: Readonly<Record<string, string | undefined>> } | null
