export function usedKeys(files: readonly string[]): (key: string) => boolean
export function literalSentences(file: string, text: string): { line: number; text: string }[]
