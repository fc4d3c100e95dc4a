/** Every path of the site that a mail or another page links to, relative to PUBLIC_URL. Tokens are URL-safe already. */
export const paths = {
  home: () => '/',
  course: (name: string) => `/courses/${name}`,
  signUp: () => '/sign-up',
  confirm: (token: string) => `/confirm/${token}`,
  lesson: (token: string) => `/l/${token}`,
  /** Autosave, JSON in and out. */
  draft: (token: string) => `/l/${token}/draft`,
  settings: (token: string) => `/l/${token}/settings`,
  stop: (token: string) => `/stop/${token}`,
  restart: (token: string) => `/stop/${token}/restart`,
  privacy: () => '/privacy',
  /** Quick exit: ends the browser's session. POST only. */
  endSession: () => '/session/end',
} as const
