import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { closingAfter } from '../parts/cleanup.ts'
import type { Context } from '../parts/measure.ts'
import { readProfiles, selfTimes, topTen } from '../parts/profile.ts'
import type { Table } from '../parts/table.ts'
import { sendByService } from './sending.ts'

/** Where a worker's time goes while it sends: its ten most costly functions. */
export async function profileSending(context: Context): Promise<Table> {
  const { options, progress } = context
  const folder = join(context.dataFolder, 'profiles')
  await mkdir(folder)
  progress.step('sending with a profile')
  await closingAfter(context.cleanup, () =>
    sendByService(context, { signing: 'none', nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] }),
  )
  progress.done()
  return topTen(selfTimes(readProfiles(folder)), options.messages)
}
