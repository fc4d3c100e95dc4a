/**
 * The entry of `known` that `word` is most likely a misspelling of: at most a third of it differs. Null if none is
 * close enough.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, editDistance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((one) => one.editDistance <= Math.max(1, Math.floor(Math.min(word.length, one.candidate.length) / 3)))
    .sort((one, other) => one.editDistance - other.editDistance)
  return ranked[0]?.candidate ?? null
}

const MAX_LENGTH = 64

/** The number of letters to add, remove, change, or swap with the next one (optimal string alignment). */
function editDistance(one: string, other: string): number {
  if (Math.max(one.length, other.length) > MAX_LENGTH) return MAX_LENGTH
  let before: number[] = []
  let above = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1]
      let best = Math.min(
        (above[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        best = Math.min(best, (before[column - 2] ?? 0) + 1)
      line.push(best)
    }
    before = above
    above = line
  }
  return above[other.length] ?? 0
}
