/** What became of a reply by email. Only the first three are shown to anybody. */
export const REPLY_OUTCOMES = [
  // The learner's own, or one that waits for their yes.
  'question',
  'unconfirmed',
  // A report on an email, which the reader of reports gets.
  'report',
  // From a program, a list or ourselves: never answered.
  'automatic',
  // Nothing of it is left when quoted text and signature are cut.
  'empty',
  // Could not be read as an email.
  'unreadable',
  // The course takes no questions, or none of this person any more.
  'refused',
  // More than one person may ask in a day.
  'limit',
  // Failed three times.
  'failed',
] as const

export type ReplyOutcome = (typeof REPLY_OUTCOMES)[number]
