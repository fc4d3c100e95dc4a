type Environment = Readonly<Record<string, string | undefined>>

/** The environment of a command; variables in `env` take precedence. */
export function commandEnvironment(env: Environment): Record<string, string | undefined>

/** The environment of a service process; variables in `env` take precedence. */
export function serviceEnvironment(env: Environment): Record<string, string | undefined>
