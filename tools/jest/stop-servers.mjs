import * as postgres from './shared-postgres.mjs'
import * as redis from './shared-redis.mjs'

export default async function stop() {
  await postgres.stop()
  await redis.stop()
}
