/** First parts of the paths that the site answers, at the root of its host or below the path of PUBLIC_URL. */
export const OWN_PATHS = [
  ...['api', 'assets', 'confirm', 'courses', 'delete', 'desk', 'healthz', 'hooks', 'l', 'metrics', 'n', 'privacy'],
  ...['read', 'readyz', 'session', 'sign-up', 'stop', 'v'],
]

/** Every path of the site that an email or another page links to, relative to PUBLIC_URL. Tokens are URL-safe already. */
export const paths = {
  home: () => '/',
  course: (name: string) => `/courses/${name}`,
  /** The form again, with what was typed. POST only. */
  changeSignUp: () => '/sign-up/change',
  signUp: () => '/sign-up',
  confirm: (token: string) => `/confirm/${token}`,
  lesson: (token: string) => `/l/${token}`,
  /** Autosave, JSON in and out. */
  draft: (token: string) => `/l/${token}/draft`,
  settings: (token: string) => `/l/${token}/settings`,
  /** What this browser may read of a day, to print; and the same as a text file. */
  sheet: (token: string) => `/l/${token}/sheet`,
  print: (token: string) => `/l/${token}/print`,
  file: (token: string) => `/l/${token}/notes.txt`,
  /** The letter alone, once it is ready to be shared. */
  letterFile: (token: string) => `/l/${token}/share/notes.txt`,
  /** Getting a letter ready to be shared by the learner. */
  share: (token: string) => `/l/${token}/share`,
  /** Asks for an email with a link that opens everything written. POST only. */
  askToRead: (token: string) => `/l/${token}/read`,
  /** Questions asked once more. POST only, nothing of it is kept. */
  askAgain: (token: string) => `/l/${token}/again`,
  /** An email as a page. */
  mail: (token: string) => `/v/${token}`,
  read: (token: string) => `/read/${token}`,
  /** Sets, changes or removes the reading word. POST only. */
  readingWord: (token: string) => `/l/${token}/settings/word`,
  erase: (token: string) => `/stop/${token}/delete`,
  /** The second proof: deletes everything. */
  eraseNow: (token: string) => `/delete/${token}`,
  stop: (token: string) => `/stop/${token}`,
  /** Deletes an address that never confirmed anything. POST only. */
  forgetAddress: (token: string) => `/stop/${token}/forget`,
  restart: (token: string) => `/stop/${token}/restart`,
  privacy: () => '/privacy',
  /** Quick exit: ends the browser's session. POST only. */
  endSession: () => '/session/end',
  /** The same for browsers without scripts, and then on to the neutral site. POST only. */
  leave: () => '/session/leave',
} as const
