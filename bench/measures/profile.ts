import { mkdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '../parts/measure.ts'
import { readProfiles, selfTimes, topTen } from '../parts/profile.ts'
import { sendLessons, warmUpFor } from '../parts/send-lessons.ts'
import type { Table } from '../parts/table.ts'

/** Profiles a sending worker: its ten most expensive functions. */
export async function profileSending(context: Context): Promise<{ table: Table; folder: string }> {
  const { options, progress } = context
  const folder = resolve(options.out, 'profile')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  progress.step('sending with a profile')
  await sendLessons(context, { signing: 'none', nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] })
  progress.done()
  // The profile covers the whole life of the worker, so the lessons of its warm-up too.
  return { table: topTen(selfTimes(readProfiles(folder)), options.messages + warmUpFor(options.messages)), folder }
}
