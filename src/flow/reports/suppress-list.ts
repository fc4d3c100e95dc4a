import type { SuppressionLine } from '../../core/reports/suppression-csv.ts'
import type { Ports } from '../ports/ports.ts'
import { suppressAddress } from './suppress.ts'

/** Addresses in one transaction: sending goes on between two of them. */
const SLICE = 200

/** Suppresses every address of a list. */
export async function suppressList(
  ports: Pick<Ports, 'clock' | 'store'>,
  lines: readonly SuppressionLine[],
): Promise<{ readonly added: number; readonly known: number }> {
  let added = 0
  for (let start = 0; start < lines.length; start += SLICE) {
    const now = ports.clock.now()
    added += await ports.store.transaction(async (unit) => {
      let count = 0
      for (const { addressKey, reason, createdAt } of lines.slice(start, start + SLICE))
        if ((await suppressAddress(unit, addressKey, reason || 'import', now, createdAt ?? now)).isNew) count += 1
      return count
    })
  }
  return { added, known: lines.length - added }
}
