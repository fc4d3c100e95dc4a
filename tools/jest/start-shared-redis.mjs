export { start as default } from './shared-redis.mjs'
