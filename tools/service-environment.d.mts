/** The environment of a service process; variables in `env` take precedence. */
export function serviceEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined>
