/** One HMAC key per purpose, derived from SECRET_KEY, so that a link made for one purpose never works for another. */
export type LinkPurpose = 'lesson' | 'stop' | 'confirm' | 'read'

export interface LinkKeys {
  readonly of: (purpose: LinkPurpose) => Uint8Array
}
