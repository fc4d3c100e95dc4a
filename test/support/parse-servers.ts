import { parsePublicUrl, parseRedisUrl, parseSmtpUrl, requireValue } from '../../src/core/service-url.ts'

export const relayAt = (url: string) => requireValue(parseSmtpUrl(url))
export const redisAt = (url: string) => requireValue(parseRedisUrl(url))
export const siteAt = (url: string) => requireValue(parsePublicUrl(url))
