export function fetchNode(options: {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly integrity: string | undefined
  readonly npm: (npmArguments: readonly string[], folder: string) => { status: number | null; output: string }
}): string | null
