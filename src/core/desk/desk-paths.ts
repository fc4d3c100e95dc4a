/** The paths of the desk, relative to its address. */
export const deskPaths = {
  today: () => '/desk',
  /** The part of the page that a script asks for again. */
  figures: () => '/desk/figures',
  signIn: () => '/desk/sign-in',
  /** Asks for a link by email. POST only. */
  signInByEmail: () => '/desk/sign-in/email',
  passkeyChallenge: () => '/desk/sign-in/passkey/challenge',
  signInByPasskey: () => '/desk/sign-in/passkey',
  /** A single-use link; GET shows a button. */
  open: (token: string) => `/desk/open/${token}`,
  signOut: () => '/desk/sign-out',
  account: () => '/desk/account',
  chooseTimeZone: () => '/desk/account/time-zone',
  endSession: () => '/desk/account/sessions/end',
  newPasskeyChallenge: () => '/desk/account/passkeys/challenge',
  addPasskey: () => '/desk/account/passkeys',
  removePasskey: () => '/desk/account/passkeys/remove',
  operators: () => '/desk/operators',
  inviteOperator: () => '/desk/operators/invite',
  removeOperator: () => '/desk/operators/remove',
  /** Gives somebody a course to answer for, or takes it away. POST only. */
  answersFor: () => '/desk/operators/answers',
  /** Questions of learners, for those who answer for their courses. */
  questions: () => '/desk/questions',
  question: (id: number | string) => `/desk/questions/${id}`,
  /** Keeps the draft of an answer. POST only, as everything below but the look. */
  draftAnswer: (id: number | string) => `/desk/questions/${id}/draft`,
  lookAtAnswer: (id: number | string) => `/desk/questions/${id}/look`,
  sendAnswer: (id: number | string) => `/desk/questions/${id}/answer`,
  assignQuestion: (id: number | string) => `/desk/questions/${id}/assign`,
  askForLook: (id: number | string) => `/desk/questions/${id}/ask-look`,
  giveLook: (id: number | string) => `/desk/questions/${id}/give-look`,
  questionState: (id: number | string) => `/desk/questions/${id}/state`,
  published: () => '/desk/published',
  removePublished: () => '/desk/published/remove',
  /** Proposes a text for the library, or takes it back. */
  publishQuestion: (id: number | string) => `/desk/questions/${id}/publication`,
  passages: () => '/desk/passages',
  removePassage: () => '/desk/passages/remove',
  audit: () => '/desk/audit',
  exportAudit: () => '/desk/audit/export',
  pauseSending: () => '/desk/sending/pause',
  resumeSending: () => '/desk/sending/resume',
  people: () => '/desk/people',
  /** The search form sends an address, which does not belong in a URL. POST only. */
  findPerson: () => '/desk/people/find',
  person: (id: number | string) => `/desk/people/${id}`,
  act: (id: number | string) => `/desk/people/${id}/act`,
  /** Asks before everything of a person is deleted, and deletes it. */
  erase: (id: number | string) => `/desk/people/${id}/erase`,
  /** Asks for a new address, and has it confirmed. */
  correctAddress: (id: number | string) => `/desk/people/${id}/address`,
  /** Asks why what is known of a person is handed out, and sends the file. */
  exportPerson: (id: number | string) => `/desk/people/${id}/export`,
  consent: (id: number | string) => `/desk/consents/${id}`,
  /** The email that asked for it, as a file. POST only. */
  exportConsent: (id: number | string) => `/desk/consents/${id}/email`,
  deliveries: () => '/desk/deliveries',
  delivery: (id: number | string) => `/desk/deliveries/${id}`,
  settle: (id: number | string) => `/desk/deliveries/${id}/settle`,
  resend: (id: number | string) => `/desk/deliveries/${id}/resend`,
  settleAll: () => '/desk/deliveries/settle-all',
  setAside: () => '/desk/set-aside',
  decideReport: () => '/desk/set-aside/report',
  decideReports: () => '/desk/set-aside/reports',
  decideMessages: () => '/desk/set-aside/messages',
  suppression: () => '/desk/suppression',
  /** Sends an address, which does not belong in a URL. POST only. */
  findSuppression: () => '/desk/suppression/find',
  editSuppression: () => '/desk/suppression/edit',
  importSuppressions: () => '/desk/suppression/import',
  exportSuppressions: () => '/desk/suppression/export',
  courses: () => '/desk/courses',
  courseCheck: () => '/desk/courses/check',
} as const
