// Most tests that run the whole service need some Redis, and not one of their own: each service keeps its keys under the prefix
// of its database. So one server starts with the run, and ends with it, however that ends.
//
// TEST_REDIS_SERVER: a program that everything which starts a redis-server starts instead, such as a valkey-server.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { startEmbeddedRedis } from '../../src/local/embedded-redis.ts'

let redis
let folder

export async function start() {
  folder = mkdtempSync(join(tmpdir(), 'bootcamp-redis-'))
  const program = process.env.TEST_REDIS_SERVER
  if (program) {
    mkdirSync(join(folder, 'bin'))
    symlinkSync(resolve(program), join(folder, 'bin', 'redis-server'))
    process.env.PATH = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`
  }
  redis = await startEmbeddedRedis({ dataDir: folder })
  // Workers are started later and inherit it.
  process.env.TEST_REDIS = redis.server.socket
}

export async function stop() {
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
}
