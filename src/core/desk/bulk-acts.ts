import type { AuditAct } from './audit.ts'

/**
 * What is done to many at once, or takes much away, with the detail of its line in the audit log that says how many. Each needs
 * a fresh sign-in at the desk, and is told to every owner, also the one who did it; on the command line too.
 */
export const BULK_ACTS = {
  'settle-all': 'settled',
  'retry-reports': 'reports',
  'drop-reports': 'reports',
  'retry-messages': 'messages',
  'drop-messages': 'messages',
  'import-suppressions': 'addresses',
  'export-suppressions': 'addresses',
  'export-audit': 'lines',
} as const satisfies Readonly<Partial<Record<AuditAct, string>>>

export type BulkAct = keyof typeof BULK_ACTS
