import { parsedValue, parsePublicUrl, parseRedisUrl, parseSmtpUrl } from '../../src/core/service-url.ts'

/** What a setting of this text says. */
export const relayAt = (url: string) => parsedValue(parseSmtpUrl(url))
export const redisAt = (url: string) => parsedValue(parseRedisUrl(url))
export const siteAt = (url: string) => parsedValue(parsePublicUrl(url))
