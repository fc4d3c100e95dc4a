/** The environment in which a process of the service runs; `env` is that of the caller and wins. */
export function serviceEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined>
