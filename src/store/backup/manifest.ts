import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'

export const MANIFEST = 'manifest.json'
export const COPY = 'database.db'

/** What a backup says about itself. Contains no secret. */
export type Manifest = z.infer<typeof manifestSchema>

const manifestSchema = z.object({
  /** Of this file. */
  format: z.literal(1),
  /** Version of the service that made it. */
  version: z.string(),
  /** The copy itself is an SQLite file whatever it was made from. */
  engine: z.enum(['sqlite', 'postgres']),
  /** The last migration of the copy, as SQLite names it. */
  migration: z.string(),
  /** ISO 8601, UTC. What was committed before is in it. */
  takenAt: z.iso.datetime(),
  bytes: z.int(),
  /** Of the copy, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows per table. */
  rows: z.record(z.string(), z.int()),
  /** `scrypt` of the SECRET_KEY that the copy belongs to. */
  secretKey: z.object({ salt: z.string(), scrypt: z.string() }),
  /** Names of what a restore needs besides the copy, and of which it holds nothing. */
  keepElsewhere: z.array(z.string()),
})

/** Throws AppError 'misconfigured' if the folder is not a whole backup that this version can read. */
export function readManifest(folder: string): Manifest {
  let text: string
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8')
  } catch (error) {
    throw new AppError(
      'misconfigured',
      `${folder} is not a backup: it has no ${MANIFEST} that can be read. Name the folder that npm run backup printed.`,
      { cause: error },
    )
  }
  const read = manifestSchema.safeParse(parse(text))
  if (read.success) return read.data
  throw new AppError(
    'misconfigured',
    `${join(folder, MANIFEST)} is damaged, or was written by a newer version of this service. Use another backup, or that version.`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
