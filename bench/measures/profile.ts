import { mkdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '../parts/measure.ts'
import { countStatements, type PostgresCounts, statementsTable } from '../parts/postgres-counts.ts'
import { readProfiles, selfTimes, topTen } from '../parts/profile.ts'
import { sendLessons, warmUpFor } from '../parts/send-lessons.ts'
import type { Table } from '../parts/table.ts'

/** Profiles a sending worker: its ten most expensive functions, and what it asks Postgres if that is measured. */
export async function profileSending(context: Context): Promise<{ tables: readonly Table[]; folder: string }> {
  const { options, progress } = context
  const folder = resolve(options.out, 'profile')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  progress.step('sending with a profile')
  const database = options.databases.at(-1) ?? 'sqlite'
  const counts: PostgresCounts[] = []
  await sendLessons(context, {
    ...{ signing: 'none', database },
    nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`],
    around: async (_, { url }) => {
      if (database === 'postgres') counts.push(await countStatements(url))
    },
  })
  progress.done()
  // The profile covers the whole life of the worker, so the lessons of its warm-up too.
  const functions = topTen(selfTimes(readProfiles(folder)), options.messages + warmUpFor(options.messages))
  const [before, after] = counts
  const asked = before && after ? [statementsTable(before, after, options.messages)] : []
  return { tables: [functions, ...asked], folder }
}
