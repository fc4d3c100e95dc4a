/** Loopback and private networks (RFC 1918, RFC 4193). */
export function isPrivate(host: string): boolean {
  return /^(localhost|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|::1|f[cd][0-9a-f]{2}:.*)$/i.test(host)
}
