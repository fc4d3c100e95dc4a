// Most tests that run the whole service need some Redis, and not one of their own: each service keeps its keys under the prefix
// of its database. So one server starts with the run, and ends with it, however that ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedRedis } from '../../src/local/embedded-redis.ts'

let redis
let folder

export async function start() {
  folder = mkdtempSync(join(tmpdir(), 'bootcamp-redis-'))
  redis = await startEmbeddedRedis({ dataDir: folder })
  // Workers are started later and inherit it.
  process.env.TEST_REDIS = redis.server.socket
}

export async function stop() {
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
}
