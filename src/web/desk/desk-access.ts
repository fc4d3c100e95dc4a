import type { Role } from '../../core/desk/roles.ts'

/** Who may use a route of the desk. */
export interface Access {
  /** The least role; null: anybody, signed in or not. */
  readonly role: Role | null
  /** Whether the sign-in must be at most fifteen minutes old. */
  readonly fresh?: true
  /**
   * Whether it is about questions: only for those who answer for a course and, where `:id` names a question, for its course.
   * No role includes this.
   */
  readonly answers?: true
  /** An attempt to get in, of which a client has few. */
  readonly attempt?: true
  /** Whether the form may be large, and is read only for those who may send it. */
  readonly large?: true
}

/**
 * The one table of who may do what at the desk. A route that is not in it does not exist: desk.ts makes the routes from it,
 * and its test walks every role through every row.
 */
export const DESK_ACCESS = {
  'get /desk/sign-in': { role: null },
  'post /desk/sign-in/email': { role: null, attempt: true },
  'post /desk/sign-in/passkey/challenge': { role: null, attempt: true },
  'post /desk/sign-in/passkey': { role: null, attempt: true },
  'get /desk/open/:token': { role: null },
  'post /desk/open/:token': { role: null, attempt: true },
  'post /desk/sign-out': { role: null },
  'get /desk': { role: 'author' },
  'get /desk/figures': { role: 'author' },
  'post /desk/sending/pause': { role: 'operator' },
  'post /desk/sending/resume': { role: 'operator' },
  'get /desk/people': { role: 'operator' },
  'post /desk/people/find': { role: 'operator' },
  'get /desk/people/:id': { role: 'operator' },
  'post /desk/people/:id/act': { role: 'operator' },
  'get /desk/people/:id/erase': { role: 'operator', fresh: true },
  'post /desk/people/:id/erase': { role: 'operator', fresh: true },
  'get /desk/people/:id/address': { role: 'operator', fresh: true },
  'post /desk/people/:id/address': { role: 'operator', fresh: true },
  'get /desk/people/:id/export': { role: 'operator', fresh: true },
  'post /desk/people/:id/export': { role: 'operator', fresh: true },
  'get /desk/consents/:id': { role: 'operator' },
  'post /desk/consents/:id/email': { role: 'operator', fresh: true },
  'get /desk/deliveries': { role: 'operator' },
  'post /desk/deliveries/settle-all': { role: 'operator', fresh: true },
  'get /desk/deliveries/:id': { role: 'operator' },
  'post /desk/deliveries/:id/settle': { role: 'operator' },
  'post /desk/deliveries/:id/resend': { role: 'operator' },
  'get /desk/set-aside': { role: 'operator' },
  'post /desk/set-aside/report': { role: 'operator' },
  'post /desk/set-aside/reports': { role: 'operator', fresh: true },
  'post /desk/set-aside/messages': { role: 'operator', fresh: true },
  'get /desk/suppression': { role: 'operator' },
  'post /desk/suppression/find': { role: 'operator' },
  'post /desk/suppression/edit': { role: 'operator' },
  'post /desk/suppression/import': { role: 'operator', fresh: true, large: true },
  'post /desk/suppression/export': { role: 'operator', fresh: true },
  'get /desk/courses': { role: 'author' },
  'get /desk/courses/check': { role: 'author' },
  'get /desk/questions': { role: 'author', answers: true },
  'get /desk/questions/:id': { role: 'author', answers: true },
  'get /desk/questions/:id/look': { role: 'author', answers: true },
  'post /desk/questions/:id/draft': { role: 'author', answers: true, large: true },
  'post /desk/questions/:id/answer': { role: 'author', answers: true, large: true },
  'post /desk/questions/:id/assign': { role: 'author', answers: true },
  'post /desk/questions/:id/ask-look': { role: 'author', answers: true },
  'post /desk/questions/:id/give-look': { role: 'author', answers: true, large: true },
  'post /desk/questions/:id/state': { role: 'author', answers: true },
  'get /desk/published': { role: 'author', answers: true },
  'post /desk/published/remove': { role: 'author', answers: true },
  'get /desk/questions/:id/publication': { role: 'author', answers: true },
  'post /desk/questions/:id/publication': { role: 'author', answers: true, large: true },
  'get /desk/passages': { role: 'author', answers: true },
  'post /desk/passages': { role: 'author', answers: true, large: true },
  'post /desk/passages/remove': { role: 'author', answers: true },
  'get /desk/account': { role: 'author' },
  'post /desk/account/time-zone': { role: 'author' },
  'post /desk/account/sessions/end': { role: 'author' },
  'post /desk/account/passkeys/challenge': { role: 'author', fresh: true },
  'post /desk/account/passkeys': { role: 'author', fresh: true },
  'post /desk/account/passkeys/remove': { role: 'author', fresh: true },
  'get /desk/operators': { role: 'owner' },
  'post /desk/operators/invite': { role: 'owner', fresh: true },
  'post /desk/operators/remove': { role: 'owner', fresh: true },
  'post /desk/operators/answers': { role: 'owner', fresh: true },
  'get /desk/audit': { role: 'owner' },
  'post /desk/audit/export': { role: 'owner', fresh: true },
} as const satisfies Readonly<Record<`${'get' | 'post'} ${string}`, Access>>

export type DeskRoute = keyof typeof DESK_ACCESS
