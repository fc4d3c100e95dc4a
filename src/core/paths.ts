/** First path segments that the site serves, at the root of its host or below the path of PUBLIC_URL. */
export const OWN_PATHS = [
  ...[
    'address',
    'api',
    'assets',
    'back',
    'confirm',
    'courses',
    'delete',
    'desk',
    'healthz',
    'hooks',
    'l',
    'metrics',
    'n',
    'privacy',
  ],
  ...['read', 'readyz', 'session', 'sign-up', 'stop', 'styles', 'v'],
]

/**
 * Every path of the site that an email or another page links to, relative to PUBLIC_URL. Tokens are already URL-safe.
 */
export const paths = {
  home: () => '/',
  course: (name: string) => `/courses/${name}`,
  /** Day 1, for anybody, if the course allows it. */
  firstLesson: (name: string) => `/courses/${name}/first-lesson`,
  /** The form again, with what was typed. POST only. */
  changeSignUp: () => '/sign-up/change',
  signUp: () => '/sign-up',
  confirm: (token: string) => `/confirm/${token}`,
  /** Shows the courses of a returning learner, without confirming anything. POST only. */
  confirmDays: (token: string) => `/confirm/${token}/days`,
  /** Confirms, and begins at the first day also where a course was stopped. POST only. */
  confirmAnew: (token: string) => `/confirm/${token}/anew`,
  /** For learners without their link: asks for an email, or takes a recovery code. */
  lostLink: () => '/back',
  recoveryCode: () => '/back/code',
  wayBack: (token: string) => `/back/${token}`,
  lesson: (token: string) => `/l/${token}`,
  /** Autosave, JSON in and out. */
  draft: (token: string) => `/l/${token}/draft`,
  settings: (token: string) => `/l/${token}/settings`,
  /** What this browser may read of a day, as a page to print or a text file. */
  sheet: (token: string) => `/l/${token}/sheet`,
  print: (token: string) => `/l/${token}/print`,
  file: (token: string) => `/l/${token}/notes.txt`,
  /** Only the letter, once it may be shared. */
  letterFile: (token: string) => `/l/${token}/share/notes.txt`,
  /** Where the learner prepares a letter for sharing. */
  share: (token: string) => `/l/${token}/share`,
  /** Asks for an email with a link that opens everything written. POST only. */
  askToRead: (token: string) => `/l/${token}/read`,
  /** Questions that are asked again. POST only; nothing is stored. */
  askAgain: (token: string) => `/l/${token}/again`,
  /** An email as a web page. */
  mail: (token: string) => `/v/${token}`,
  read: (token: string) => `/read/${token}`,
  /** Sets, changes or removes the reading word. POST only. */
  readingWord: (token: string) => `/l/${token}/settings/word`,
  /** Shows a new recovery code, in place of the former one. POST only. */
  newRecoveryCode: (token: string) => `/l/${token}/settings/code`,
  /** Whether an email may bring a way back to somebody who gets no others. POST only. */
  wayBackEmail: (token: string) => `/l/${token}/settings/way-back`,
  /** Everything a learner wrote in any course, as files, with the rest of what is stored about them. */
  take: (token: string) => `/l/${token}/take`,
  takenHtml: (token: string) => `/l/${token}/take/notes.html`,
  takenJson: (token: string) => `/l/${token}/take/notes.json`,
  /** The files first, and deleting once they opened. */
  takeAndErase: (token: string) => `/l/${token}/take/leave`,
  /** What a learner keeps of a finished course. */
  finished: (token: string) => `/l/${token}/finished`,
  /** Asks the author a question. */
  ask: (token: string) => `/l/${token}/ask`,
  /** After a question was sent. */
  asked: (token: string) => `/l/${token}/asked`,
  /** What the learner asked, and the answers. */
  questions: (token: string) => `/l/${token}/questions`,
  /** Leads there from emails, whose links must not say what they lead to. */
  toQuestions: (token: string) => `/l/${token}/page`,
  question: (token: string, id: number) => `/l/${token}/questions/${id}`,
  deleteQuestion: (token: string, id: number) => `/l/${token}/questions/${id}/delete`,
  /** A yes or no to a message that came by email in the learner's name. POST only. */
  confirmQuestion: (token: string, id: number) => `/l/${token}/questions/${id}/confirm`,
  /** A text made from a question, which the learner says yes or no to, and can take back later. */
  publication: (token: string, questionId: number) => `/l/${token}/questions/${questionId}/publication`,
  /** Opens the next day at once. POST only. */
  nextLesson: (token: string) => `/l/${token}/next`,
  /** Pauses the course until a date, or changes that date. POST only. */
  pause: (token: string) => `/l/${token}/settings/pause`,
  /** Goes on before a pause is over. POST only. */
  endPause: (token: string) => `/l/${token}/settings/pause/end`,
  erase: (token: string) => `/stop/${token}/delete`,
  /** The second confirmation: deletes everything. */
  eraseNow: (token: string) => `/delete/${token}`,
  stop: (token: string) => `/stop/${token}`,
  /** Deletes an address that never confirmed anything. POST only. */
  forgetAddress: (token: string) => `/stop/${token}/forget`,
  /** Where a learner types a new address. */
  newAddress: (token: string) => `/l/${token}/settings/address`,
  confirmAddress: (token: string) => `/address/${token}`,
  undoAddress: (token: string) => `/address/undo/${token}`,
  /** Asks for a reminder in the evening. POST only. */
  remind: (token: string) => `/l/${token}/reminder`,
  /** Opens the library for this browser, at an article or question if one is named. POST only. */
  openLibrary: (token: string) => `/l/${token}/library`,
  /** A pause or another pace instead of a stop. POST only. */
  pauseInstead: (token: string) => `/stop/${token}/pause`,
  paceInstead: (token: string) => `/stop/${token}/pace`,
  restart: (token: string) => `/stop/${token}/restart`,
  privacy: () => '/privacy',
  /** The components of the style sheet; not in production. */
  styles: () => '/styles',
  /** Quick exit: ends the browser's session. POST only. */
  endSession: () => '/session/end',
  /** Quick exit for browsers without scripts; redirects to the neutral site. POST only. */
  leave: () => '/session/leave',
} as const
