/** Every message of locales/en.json, written by "npm run locales -- --write". Null: it has no placeholder. */
export interface Messages {
  'delivery.when-today': { time: string }
  'delivery.when-tomorrow': { weekday: string; time: string }
  'delivery.when-this-week': { weekday: string; time: string }
  'delivery.when-later': { date: string; time: string }
  'delivery.email-gone': null
  'emails.view': null
  'emails.help': null
  'emails.confirm.subject': { course: string }
  'emails.confirm.preheader': null
  'emails.confirm.heading': null
  'emails.confirm.body': { course: string; days: number; next: string }
  'emails.confirm.next': null
  'emails.confirm.no-next': null
  'emails.confirm.button': null
  'emails.confirm.after': null
  'emails.confirm.why': null
  'emails.confirm.stop': null
  'emails.confirm.discreet.subject': null
  'emails.confirm.discreet.preheader': null
  'emails.confirm.discreet.heading': null
  'emails.confirm.discreet.line': null
  'emails.confirm.discreet.button': null
  'emails.confirm.discreet.why': null
  'emails.confirm.discreet.stop': null
  'emails.already-active.subject': { course: string }
  'emails.already-active.preheader': null
  'emails.already-active.heading': null
  'emails.already-active.body': { course: string; next: string }
  'emails.already-active.next': { when: string }
  'emails.already-active.no-next': null
  'emails.already-active.button': null
  'emails.already-active.after': null
  'emails.already-active.why': null
  'emails.already-active.stop': null
  'emails.already-active.discreet.subject': null
  'emails.already-active.discreet.preheader': null
  'emails.already-active.discreet.heading': null
  'emails.already-active.discreet.line': { next: string }
  'emails.already-active.discreet.next': { when: string }
  'emails.already-active.discreet.no-next': null
  'emails.already-active.discreet.button': null
  'emails.already-active.discreet.why': null
  'emails.already-active.discreet.stop': null
  'emails.lesson.day-of': { day: number; days: number }
  'emails.lesson.plan': null
  'emails.lesson.step-label': { minutes: number }
  'emails.lesson.step-note': null
  'emails.lesson.button': null
  'emails.lesson.why': { course: string }
  'emails.lesson.stop': null
  'emails.lesson.discreet.line': null
  'emails.lesson.discreet.button': null
  'emails.lesson.discreet.why': null
  'emails.lesson.discreet.stop': null
  'emails.closing.day-of': { days: number }
  'emails.closing.button': null
  'emails.closing.why': { course: string }
  'emails.closing.stop': null
  'emails.closing.discreet.line': null
  'emails.closing.discreet.button': null
  'emails.closing.discreet.why': null
  'emails.closing.discreet.stop': null
  'emails.check-in.day-of': { week: number; weeks: number }
  'emails.check-in.step-label': { minutes: number }
  'emails.check-in.step-note': null
  'emails.check-in.button': null
  'emails.check-in.why': { course: string }
  'emails.check-in.stop': null
  'emails.check-in.discreet.line': null
  'emails.check-in.discreet.button': null
  'emails.check-in.discreet.why': null
  'emails.check-in.discreet.stop': null
  'emails.short.subject': { course: string }
  'emails.short.preheader': null
  'emails.short.heading': null
  'emails.short.body': null
  'emails.short.button': null
  'emails.short.why': { course: string }
  'emails.short.stop': null
  'emails.short.discreet.subject': null
  'emails.short.discreet.preheader': null
  'emails.short.discreet.heading': null
  'emails.short.discreet.line': null
  'emails.short.discreet.button': null
  'emails.short.discreet.why': null
  'emails.short.discreet.stop': null
  'emails.reading-link.subject': null
  'emails.reading-link.preheader': null
  'emails.reading-link.heading': null
  'emails.reading-link.body': { course: string }
  'emails.reading-link.button': null
  'emails.reading-link.after': null
  'emails.reading-link.why': { course: string }
  'emails.reading-link.stop': null
  'emails.reading-link.discreet.subject': null
  'emails.reading-link.discreet.preheader': null
  'emails.reading-link.discreet.heading': null
  'emails.reading-link.discreet.line': null
  'emails.reading-link.discreet.button': null
  'emails.reading-link.discreet.why': null
  'emails.reading-link.discreet.stop': null
  'emails.erase-link.subject': null
  'emails.erase-link.preheader': null
  'emails.erase-link.heading': null
  'emails.erase-link.body': { course: string }
  'emails.erase-link.button': null
  'emails.erase-link.after': null
  'emails.erase-link.why': null
  'emails.erase-link.stop': null
  'emails.erase-link.discreet.subject': null
  'emails.erase-link.discreet.preheader': null
  'emails.erase-link.discreet.heading': null
  'emails.erase-link.discreet.line': null
  'emails.erase-link.discreet.button': null
  'emails.erase-link.discreet.why': null
  'emails.erase-link.discreet.stop': null
  'errors.no-page': null
  'errors.no-course': null
  'errors.no-webhook': null
  'errors.check-form': null
  'errors.too-large': null
  'errors.unreadable': null
  'errors.failed': null
  'errors.busy': null
  'errors.cross-site': null
  'errors.bad-link': null
  'errors.link-gone': null
  'errors.link-used': null
  'errors.not-fresh': null
  'errors.too-many-links': null
  'sign-up.no-course': null
  'sign-up.link-bad': null
  'sign-up.link-expired': null
  'sign-up.correct-fields': null
  'sign-up.email-missing': null
  'sign-up.email-not-text': null
  'sign-up.email-too-long': { max: number }
  'sign-up.email-hidden': null
  'sign-up.email-several': null
  'sign-up.email-only': null
  'sign-up.email-parts': null
  'sign-up.email-local-too-long': { max: number }
  'sign-up.email-local-plain': null
  'sign-up.email-odd': null
  'sign-up.email-meant': { address: string }
  'sign-up.name-not-text': null
  'sign-up.name-too-long': { max: number }
  'sign-up.name-number': null
  'sign-up.name-letters': null
  'sign-up.zone-missing': null
  'sign-up.zone-unknown': null
  'sign-up.zone-meant': { places: string }
  'sign-up.hour': null
  'sign-up.true-or-false': null
  'sign-up.choose-one': null
  'sign-up.choose-among': null
  'sign-up.no-track': null
  'sign-up.no-overlay': null
  'sign-up.no-language': null
  'sign-up.too-many': null
  'sign-up.language': null
  'sign-up.zones.choose': null
  'sign-up.zones.likely': null
  'sign-up.zones.elsewhere': null
  'sign-up.inbox.title': null
  'sign-up.inbox.sent': { address: string }
  'sign-up.inbox.sent-unnamed': null
  'sign-up.inbox.after-stop': null
  'sign-up.inbox.accepted': null
  'sign-up.inbox.change': null
  'sign-up.inbox.nothing': { hours: number }
  'enrolment.stays-short': null
  'exercise.day-gone': null
  'exercise.day-not-open': null
  'exercise.no-exercise': null
  'exercise.resting': null
  'exercise.choose-answer': null
  'exercise.too-many-browsers': null
  'exercise.choose-option': null
  'exercise.not-text': null
  'exercise.text-too-long': { over: number; max: number }
  'exercise.scale-range': { min: number; max: number }
  'exercise.scale-steps': { first: number; second: number }
  'exercise.date': null
  'exercise.time': null
  'exercise.check-in-nothing': null
  'exercise.closed.title': null
  'exercise.closed.heading': null
  'exercise.closed.when-sent': null
  'exercise.closed.soon': null
  'exercise.closed.opens': { when: string }
  'exercise.closing.stop': null
  'exercise.closing.days': null
  'exercise.closing.open': null
  'exercise.fields.mood-before': null
  'exercise.fields.mood-after': null
  'exercise.fields.mood-light': null
  'exercise.fields.mood-heavy': null
  'exercise.fields.letter': null
  'exercise.fields.letter-hint': null
  'exercise.fields.letter-mine': null
  'exercise.fields.letter-therapist': null
  'exercise.fields.letter-therapist-say': null
  'exercise.fields.letter-share': null
  'exercise.fields.letter-share-say': null
  'exercise.fields.open': null
  'exercise.fields.word-guide': { from: number; to: number }
  'exercise.fields.word-bank': null
  'exercise.fields.on-day': { day: number; value: number }
  'exercise.fields.sorting-fits': null
  'exercise.fields.sorting-look': null
  'exercise.written-here': { when: string }
  'exercise.written-elsewhere': { when: string }
  'exercise.draft.waiting': null
  'exercise.draft.saved': null
  'exercise.draft.crossed': null
  'exercise.draft.invalid': { reason: string }
  'exercise.draft.refused': { reason: string }
  'exercise.draft.retry': null
  'security.no-emails': null
  'security.word-missing': null
  'security.word-wrong': null
  'security.word-too-many': null
  'security.word-length': { min: number; max: number }
  'security.too-many.drafts': null
  'security.too-many.writing': null
  'security.too-many.sessions': null
  'security.too-many.links': null
  'page.error': { message: string }
  'page.summary.heading': null
  'page.summary.kept': null
  'page.leave.count': { left: number }
  'page.leave.loading': null
  'page.quoted': { text: string }
  'assessment.question.only-if': { options: string }
  'assessment.question.may-skip': null
  'assessment.question.unsaid': null
  'care.trace': null
  'care.kind-emergency': null
  'care.kind-abuse': null
  'care.kind-crisis': null
  'care.kind-own-behaviour': null
  'care.kind-birth': null
  'care.lines-title': null
  'care.lines-others': null
  'care.lines-checked': { date: string }
  'care.lines-fail': null
  'care.line-call': { number: string }
  'care.line-text': { number: string }
  'care.line-unconfirmed': null
  'care.line-unsure': null
  'writing.share-thanks': null
  'privacy.title': null
  'privacy.lead': null
  'privacy.responsible.heading': null
  'privacy.responsible.contact': { contact: string }
  'privacy.responsible.legal-basis': { basis: string }
  'privacy.responsible.consent': null
  'privacy.kept.heading': null
  'privacy.kept.address': null
  'privacy.kept.choices': null
  'privacy.kept.consent': null
  'privacy.kept.lessons': null
  'privacy.kept.writing': null
  'privacy.how-long.heading': null
  'privacy.how-long.lead': null
  'privacy.how-long.after-stop': { days: number }
  'privacy.how-long.requests': { hours: number }
  'privacy.how-long.reports': { days: number; outcome: number }
  'privacy.who-sees.heading': null
  'privacy.who-sees.browsers': { minutes: number }
  'privacy.who-sees.reading-word': null
  'privacy.not-done.heading': null
  'privacy.not-done.body': null
  'privacy.cookie.heading': null
  'privacy.cookie.body': { days: number; idle: number }
  'privacy.leaving.heading': null
  'privacy.leaving.body': null
  'privacy.stopping.heading': null
  'privacy.stopping.body': null
  'privacy.deleting.heading': null
  'privacy.deleting.unconfirmed': { days: number }
  'privacy.deleting.everything': null
}
