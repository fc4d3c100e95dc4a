/** Absolute path of a program, or null. */
export function findProgram(name: string): string | null

/** smtp-sink or smtp-source with the environment it needs; null if neither the system nor set-up provides it. */
export function findPostfixTool(
  name: 'smtp-sink' | 'smtp-source',
): { readonly path: string; readonly env: Readonly<Record<string, string | undefined>> } | null

/** The folder of Postfix's server programs, and of the libraries that an unpacked one needs; null if there is none. */
export function findPostfixServer(): { readonly programs: string; readonly libraries: string | null } | null

export function findPostgres(name: string): string | null
