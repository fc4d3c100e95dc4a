/** Every message of locales/en.json, written by "npm run locales -- --write". Null: it has no placeholder. */
export interface Messages {
  'delivery.when-today': { time: string }
  'delivery.when-tomorrow': { weekday: string; time: string }
  'delivery.when-this-week': { weekday: string; time: string }
  'delivery.when-later': { date: string; time: string }
  'delivery.email-gone': null
  'emails.view': null
  'emails.help': null
  'emails.days': null
  'emails.days-discreet': null
  'emails.settings': null
  'emails.confirm.subject': { course: string }
  'emails.confirm.preheader': null
  'emails.confirm.heading': null
  'emails.confirm.body': { course: string; days: number }
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
  'emails.already-active.discreet.paused': { when: string }
  'emails.already-active.paused': { when: string }
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
  'emails.pause-ending.subject': { course: string }
  'emails.pause-ending.preheader': null
  'emails.pause-ending.heading': null
  'emails.pause-ending.body': { course: string; next: string }
  'emails.pause-ending.next': { when: string }
  'emails.pause-ending.button': null
  'emails.pause-ending.after': null
  'emails.pause-ending.why': { course: string }
  'emails.pause-ending.stop': null
  'emails.pause-ending.discreet.subject': null
  'emails.pause-ending.discreet.preheader': null
  'emails.pause-ending.discreet.heading': null
  'emails.pause-ending.discreet.line': { next: string }
  'emails.pause-ending.discreet.next': { when: string }
  'emails.pause-ending.discreet.button': null
  'emails.pause-ending.discreet.why': null
  'emails.pause-ending.discreet.stop': null
  'emails.reminder.subject': { course: string }
  'emails.reminder.preheader': null
  'emails.reminder.heading': { day: number }
  'emails.reminder.body': { time: string; day: number; course: string }
  'emails.reminder.button': null
  'emails.reminder.after': null
  'emails.reminder.why': { course: string }
  'emails.reminder.stop': null
  'emails.reminder.discreet.subject': null
  'emails.reminder.discreet.preheader': null
  'emails.reminder.discreet.heading': null
  'emails.reminder.discreet.line': { time: string }
  'emails.reminder.discreet.button': null
  'emails.reminder.discreet.why': null
  'emails.reminder.discreet.stop': null
  'emails.resend.day-of': { day: number; days: number }
  'emails.resend.step-label': { minutes: number }
  'emails.resend.step-note': null
  'emails.resend.button': null
  'emails.resend.why': { course: string }
  'emails.resend.stop': null
  'emails.resend.discreet.line': null
  'emails.resend.discreet.button': null
  'emails.resend.discreet.why': null
  'emails.resend.discreet.stop': null
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
  'emails.way-back.subject': null
  'emails.way-back.preheader': null
  'emails.way-back.heading': null
  'emails.way-back.body': { course: string }
  'emails.way-back.button': null
  'emails.way-back.after': null
  'emails.way-back.why': null
  'emails.way-back.stop': null
  'emails.way-back.discreet.subject': null
  'emails.way-back.discreet.preheader': null
  'emails.way-back.discreet.heading': null
  'emails.way-back.discreet.line': null
  'emails.way-back.discreet.button': null
  'emails.way-back.discreet.why': null
  'emails.way-back.discreet.stop': null
  'emails.welcome-back.subject': { course: string }
  'emails.welcome-back.preheader': null
  'emails.welcome-back.heading': null
  'emails.welcome-back.body': { course: string }
  'emails.welcome-back.button': null
  'emails.welcome-back.after': null
  'emails.welcome-back.why': null
  'emails.welcome-back.stop': null
  'emails.welcome-back.discreet.subject': null
  'emails.welcome-back.discreet.preheader': null
  'emails.welcome-back.discreet.heading': null
  'emails.welcome-back.discreet.line': null
  'emails.welcome-back.discreet.button': null
  'emails.welcome-back.discreet.why': null
  'emails.welcome-back.discreet.stop': null
  'emails.address-link.subject': null
  'emails.address-link.preheader': null
  'emails.address-link.heading': null
  'emails.address-link.body': null
  'emails.address-link.button': null
  'emails.address-link.after': null
  'emails.address-link.why': null
  'emails.address-link.stop': null
  'emails.address-link.discreet.subject': null
  'emails.address-link.discreet.preheader': null
  'emails.address-link.discreet.heading': null
  'emails.address-link.discreet.line': null
  'emails.address-link.discreet.button': null
  'emails.address-link.discreet.why': null
  'emails.address-link.discreet.stop': null
  'emails.address-changed.subject': null
  'emails.address-changed.preheader': null
  'emails.address-changed.heading': null
  'emails.address-changed.body': { course: string }
  'emails.address-changed.button': null
  'emails.address-changed.after': null
  'emails.address-changed.why': null
  'emails.address-changed.stop': null
  'emails.address-changed.discreet.subject': null
  'emails.address-changed.discreet.preheader': null
  'emails.address-changed.discreet.heading': null
  'emails.address-changed.discreet.line': null
  'emails.address-changed.discreet.button': null
  'emails.address-changed.discreet.why': null
  'emails.address-changed.discreet.stop': null
  'emails.answer.subject': { course: string }
  'emails.answer.preheader': null
  'emails.answer.heading': null
  'emails.answer.body': { course: string }
  'emails.answer.button': null
  'emails.answer.after': null
  'emails.answer.why': { course: string }
  'emails.answer.stop': null
  'emails.answer.discreet.subject': null
  'emails.answer.discreet.preheader': null
  'emails.answer.discreet.heading': null
  'emails.answer.discreet.line': null
  'emails.answer.discreet.button': null
  'emails.answer.discreet.why': null
  'emails.answer.discreet.stop': null
  'emails.question-received.subject': { course: string }
  'emails.question-received.preheader': null
  'emails.question-received.heading': null
  'emails.question-received.body': { course: string }
  'emails.question-received.button': null
  'emails.question-received.after': null
  'emails.question-received.why': { course: string }
  'emails.question-received.stop': null
  'emails.question-received.discreet.subject': null
  'emails.question-received.discreet.preheader': null
  'emails.question-received.discreet.heading': null
  'emails.question-received.discreet.line': null
  'emails.question-received.discreet.button': null
  'emails.question-received.discreet.why': null
  'emails.question-received.discreet.stop': null
  'emails.follow-up.subject': { course: string }
  'emails.follow-up.preheader': null
  'emails.follow-up.heading': null
  'emails.follow-up.body': { course: string }
  'emails.follow-up.button': null
  'emails.follow-up.after': null
  'emails.follow-up.why': { course: string }
  'emails.follow-up.stop': null
  'emails.follow-up.discreet.subject': null
  'emails.follow-up.discreet.preheader': null
  'emails.follow-up.discreet.heading': null
  'emails.follow-up.discreet.line': null
  'emails.follow-up.discreet.button': null
  'emails.follow-up.discreet.why': null
  'emails.follow-up.discreet.stop': null
  'emails.publication.subject': { course: string }
  'emails.publication.preheader': null
  'emails.publication.heading': null
  'emails.publication.body': { course: string }
  'emails.publication.button': null
  'emails.publication.after': null
  'emails.publication.why': { course: string }
  'emails.publication.stop': null
  'emails.publication.discreet.subject': null
  'emails.publication.discreet.preheader': null
  'emails.publication.discreet.heading': null
  'emails.publication.discreet.line': null
  'emails.publication.discreet.button': null
  'emails.publication.discreet.why': null
  'emails.publication.discreet.stop': null
  'emails.replies.unread': null
  'emails.replies.ask': null
  'emails.replies.read': null
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
  'sign-up.home.start': { minutes: number }
  'sign-up.home.start-plain': null
  'sign-up.home.private': null
  'sign-up.home.what': null
  'sign-up.home.for-whom': null
  'sign-up.home.days': null
  'sign-up.home.cost': null
  'sign-up.home.written-by': { name: string }
  'sign-up.home.reviewed-by': { name: string }
  'sign-up.home.help': null
  'sign-up.home.library': null
  'sign-up.home.first-lesson': { title: string; minutes: number; exercise: number }
  'sign-up.home.read-first': null
  'sign-up.form.heading': null
  'sign-up.form.send': null
  'sign-up.form.empty': null
  'sign-up.form.email': null
  'sign-up.form.meant-yes': { address: string }
  'sign-up.form.meant-no': { address: string }
  'sign-up.form.hour': null
  'sign-up.form.midnight': { time: string }
  'sign-up.form.noon': { time: string }
  'sign-up.form.zone': null
  'sign-up.form.about-name': null
  'sign-up.form.about': null
  'sign-up.form.name': null
  'sign-up.form.track': null
  'sign-up.form.track-hint': null
  'sign-up.form.no-track': null
  'sign-up.form.others': null
  'sign-up.form.others-legend': null
  'sign-up.form.discreet': null
  'sign-up.form.discreet-hint': null
  'sign-up.form.short': null
  'sign-up.form.short-hint': null
  'sign-up.form.web-only': null
  'sign-up.form.web-only-hint': null
  'sign-up.form.plan': null
  'sign-up.form.plan-hint': null
  'sign-up.form.plan-consent': null
  'sign-up.form.submit': null
  'sign-up.form.submit-plan': null
  'sign-up.form.submit-without': null
  'sign-up.form.address-use': null
  'sign-up.confirm.title': null
  'sign-up.confirm.lead': { course: string }
  'sign-up.confirm.lead-discreet': null
  'sign-up.confirm.lesson-comes': null
  'sign-up.confirm.page-comes': null
  'sign-up.confirm.web-opens': null
  'sign-up.confirm.button': null
  'sign-up.confirm.not-you': null
  'sign-up.confirm.done': null
  'sign-up.confirm.page-open': null
  'sign-up.confirm.first': null
  'sign-up.confirm.next': { when: string }
  'sign-up.confirm.days': null
  'sign-up.confirm.zone': { zone: string }
  'enrolment.stays-short': null
  'enrolment.delete-everything': null
  'enrolment.back': null
  'enrolment.send-link': null
  'enrolment.settings.title': null
  'enrolment.settings.stop': null
  'enrolment.settings.saved': null
  'enrolment.settings.emails': null
  'enrolment.settings.web-only-hint': null
  'enrolment.settings.check-ins': null
  'enrolment.settings.check-ins-hint': null
  'enrolment.settings.save': null
  'enrolment.settings.from-next': null
  'enrolment.settings.delete-what': null
  'enrolment.settings.short-on': null
  'enrolment.settings.more': null
  'enrolment.settings.more-body': null
  'enrolment.settings.no-email': null
  'enrolment.settings.word': null
  'enrolment.settings.word-is-set': null
  'enrolment.settings.word-body': null
  'enrolment.settings.word-field': { min: number; max: number }
  'enrolment.settings.word-field-new': { min: number; max: number }
  'enrolment.settings.word-set': null
  'enrolment.settings.word-change': null
  'enrolment.settings.word-remove': null
  'enrolment.settings.word-closes': null
  'enrolment.settings.version': { chosen: string }
  'enrolment.settings.which-version': null
  'enrolment.settings.general': null
  'enrolment.settings.general-hint': null
  'enrolment.settings.extras': null
  'enrolment.settings.start': null
  'enrolment.settings.start-unsure': null
  'enrolment.stop.lessons': null
  'enrolment.stop.lessons-heading': null
  'enrolment.stop.lessons-body': null
  'enrolment.stop.check-ins': null
  'enrolment.stop.check-ins-heading': null
  'enrolment.stop.check-ins-body': null
  'enrolment.stop.button': null
  'enrolment.stop.next-lesson': { when: string }
  'enrolment.stop.next-lesson-soon': null
  'enrolment.stop.next-check-in': { when: string }
  'enrolment.stop.next-check-in-soon': null
  'enrolment.stop.stopped': null
  'enrolment.stop.lessons-just-stopped': null
  'enrolment.stop.lessons-stopped': null
  'enrolment.stop.lessons-again': null
  'enrolment.stop.check-ins-just-stopped': null
  'enrolment.stop.check-ins-stopped': null
  'enrolment.stop.check-ins-again': null
  'enrolment.stop.restart': null
  'enrolment.stop.restarted': null
  'enrolment.stop.goes-on': null
  'enrolment.stop.by-mistake': null
  'enrolment.stop.finished': null
  'enrolment.stop.finished-body': null
  'enrolment.stop.links': null
  'enrolment.stop.links-button': null
  'enrolment.stop.decline': null
  'enrolment.stop.decline-body': null
  'enrolment.stop.decline-button': null
  'enrolment.stop.declined': null
  'enrolment.stop.declined-body': null
  'enrolment.stop.address-kept': null
  'enrolment.stop.forget': null
  'enrolment.stop.forgotten': null
  'enrolment.stop.forgotten-body': null
  'enrolment.stop.anew': null
  'enrolment.erase.heading': null
  'enrolment.erase.what': null
  'enrolment.erase.stays': null
  'enrolment.erase.by-email': { minutes: number }
  'enrolment.erase.now': null
  'enrolment.erase.send': null
  'enrolment.erase.go-back': null
  'enrolment.erase.unsure': null
  'enrolment.erase.unreachable': null
  'enrolment.erase.unreachable-body': null
  'enrolment.erase.sent': null
  'enrolment.erase.sent-body': { minutes: number }
  'enrolment.erase.done': null
  'enrolment.erase.done-heading': null
  'enrolment.erase.done-body': null
  'pace.label': null
  'pace.more': null
  'pace.daily': null
  'pace.weekdays': null
  'pace.second-day': null
  'pace.weekly': null
  'pace.saved': { pace: string }
  'pace.rather': null
  'pace.button': null
  'pause.heading': null
  'pause.body': null
  'pause.body-web-only': null
  'pause.until': { days: number }
  'pause.button': null
  'pause.longer': null
  'pause.paused': { when: string }
  'pause.paused-soon': null
  'pause.paused-open': null
  'pause.go-on': null
  'pause.title': null
  'pause.undo': null
  'pause.rather': null
  'pause.bad-date': { days: number }
  'pause.not-running': null
  'stopped.kept': null
  'stopped.quiet': { days: number }
  'stopped.heading': null
  'stopped.lessons-called-off': null
  'stopped.check-ins-called-off': null
  'stopped.take': null
  'stopped.erased': null
  'stopped.never-again': null
  'stopped.yours': null
  'next-now.button': null
  'next-now.hint': null
  'next-now.not-now': null
  'reminder.label': null
  'reminder.hint': null
  'reminder.none': null
  'reminder.at': { time: string }
  'reminder.page.heading': null
  'reminder.page.body': null
  'reminder.page.when': null
  'reminder.page.button': null
  'reminder.page.on': { time: string }
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
  'exercise.lesson.title': { day: number; title: string }
  'exercise.lesson.day-of': { day: number; days: number; minutes: number }
  'exercise.lesson.check-in-of': { week: number; weeks: number; minutes: number }
  'exercise.lesson.start': null
  'exercise.lesson.settings': null
  'exercise.lesson.stop': null
  'exercise.lesson.recheck': null
  'exercise.lesson.hide': null
  'exercise.lesson.first': { title: string }
  'exercise.lesson.first-body': { minutes: number }
  'exercise.lesson.to-exercise': { title: string; minutes: number }
  'exercise.lesson.read-on': { title: string }
  'exercise.lesson.straight-to-exercise': null
  'exercise.lesson.opened-at-exercise': null
  'exercise.earlier.heading': null
  'exercise.earlier.body': null
  'exercise.kicker': { minutes: number }
  'exercise.private': null
  'exercise.size': null
  'exercise.full-form': null
  'exercise.small-form': null
  'exercise.timer.start': { minutes: number }
  'exercise.timer.stop': null
  'exercise.timer.over': null
  'exercise.marked': { found: string }
  'exercise.words': { words: string }
  'exercise.save': null
  'exercise.print': null
  'exercise.file': null
  'exercise.later': { boxes: number }
  'exercise.sheet': null
  'exercise.reads-all': null
  'exercise.elsewhere': null
  'exercise.elsewhere-link': null
  'exercise.email-link': null
  'exercise.share': null
  'exercise.finish.day': null
  'exercise.finish.check-in': null
  'exercise.finish.done': null
  'exercise.finish.all': null
  'exercise.finish.full-asks': null
  'exercise.finish.small-asks': null
  'exercise.finish.both-ask': null
  'exercise.efforts.full': null
  'exercise.efforts.small': null
  'exercise.efforts.not-today': null
  'exercise.heavier.heading': null
  'exercise.heavier.body': null
  'exercise.heavier.stop': null
  'exercise.heavier.more': null
  'exercise.heavier.help': null
  'exercise.heavier.no-help': null
  'exercise.saved.rest': null
  'exercise.saved.open.full': null
  'exercise.saved.open.small': null
  'exercise.saved.open.not-today': null
  'exercise.saved.no-hurry-full': null
  'exercise.saved.no-hurry-small': null
  'exercise.saved.text': null
  'exercise.done.day': { day: number }
  'exercise.done.check-in': null
  'exercise.done.full': null
  'exercise.done.small': null
  'exercise.done.not-today': null
  'exercise.again.heading': null
  'exercise.again.body': null
  'exercise.again.go-on': null
  'exercise.first-lesson.notice': null
  'exercise.first-lesson.next': null
  'exercise.first-lesson.join': { course: string }
  'exercise.first-lesson.as-learner': null
  'exercise.notes.scale': { value: number; min: number; low: string; max: number; high: string }
  'exercise.notes.then': { label: string; now: string; day: number; then: number }
  'exercise.reading-word': null
  'security.no-emails': null
  'security.word-missing': null
  'security.word-wrong': null
  'security.word-too-many': null
  'security.word-length': { min: number; max: number }
  'security.too-many.drafts': null
  'security.too-many.writing': null
  'security.too-many.sessions': null
  'security.too-many.links': null
  'security.too-many.searches': null
  'security.link-what': { minutes: number }
  'security.neutral.title': null
  'security.neutral.kept': null
  'security.neutral.kept-part': null
  'security.neutral.wait': { course: string }
  'security.neutral.wait-discreet': null
  'security.neutral.no-email': null
  'security.neutral.open': null
  'security.neutral.also': null
  'security.link-first.title': null
  'security.link-first.body': null
  'security.link-first.no-email': null
  'security.link-first.back': null
  'page.error': { message: string }
  'page.summary.heading': null
  'page.summary.kept': null
  'page.leave.count': { left: number }
  'page.leave.loading': null
  'page.leave.skip': null
  'page.leave.button': null
  'page.leave.site': null
  'page.leave.note': { site: string }
  'page.leave.go': { site: string }
  'page.quoted': { text: string }
  'page.days.label': null
  'page.days.all': null
  'page.days.day': { day: number; title: string; state: string }
  'page.days.done': null
  'page.days.open': null
  'page.days.coming': null
  'page.days.held': null
  'page.days.stopped': null
  'page.days.next': { when: string }
  'page.days.next-soon': null
  'page.days.progress': { done: number; days: number }
  'page.days.comes': { when: string }
  'page.days.comes-soon': null
  'page.days.comes-after': null
  'page.title-error': { title: string }
  'page.skip': null
  'page.home': null
  'page.footer.privacy': null
  'page.footer.help': null
  'page.footer.library': null
  'page.footer.what-this-is': null
  'page.headings.bad-input': null
  'page.headings.bad-link': null
  'page.headings.link-expired': null
  'page.headings.not-yet': null
  'page.headings.not-fresh': null
  'page.headings.gone': null
  'page.headings.too-many': null
  'page.headings.too-large': null
  'page.headings.not-found': null
  'page.headings.cross-site': null
  'page.headings.busy': null
  'page.headings.failed': null
  'page.to-start': null
  'page.try-again': null
  'page.closed.title': null
  'page.closed.heading': null
  'page.closed.body': null
  'page.closed.history': null
  'assessment.question.only-if': { options: string }
  'assessment.question.may-skip': null
  'assessment.question.unsaid': null
  'assessment.start.watched': null
  'assessment.start.plain': null
  'assessment.start.plain-button': null
  'assessment.start.one': null
  'assessment.start.all': null
  'assessment.start.nothing-stored': null
  'assessment.start.shapes': null
  'assessment.start.shown-once': null
  'assessment.start.shape': null
  'assessment.start.shape-body': { minutes: number }
  'assessment.start.shape-no-email': null
  'assessment.start.help': null
  'assessment.start.number': { number: number; count: number }
  'assessment.start.number-more': { number: number; count: number }
  'assessment.start.choose': null
  'assessment.start.next': null
  'assessment.start.skip': null
  'assessment.start.back': null
  'assessment.start.open': null
  'assessment.start.open-heading': { count: number }
  'assessment.start.open-more': null
  'assessment.start.finish': null
  'assessment.outcome.title': null
  'assessment.outcome.insights': null
  'assessment.outcome.why': null
  'assessment.outcome.print': null
  'assessment.outcome.first': null
  'assessment.outcome.plan': null
  'assessment.outcome.help': null
  'assessment.outcome.stopped': null
  'assessment.outcome.back': null
  'assessment.outcome.not-shaped': null
  'assessment.outcome.shaped': null
  'assessment.outcome.left-out': null
  'assessment.outcome.thanks': null
  'assessment.outcome.not-stored': null
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
  'writing.print': null
  'writing.print-menu': null
  'writing.save-file': null
  'writing.back': null
  'writing.unprotected': null
  'writing.notes.title': null
  'writing.notes.nothing': null
  'writing.notes.earlier': { label: string }
  'writing.sheet.title': null
  'writing.sheet.safe': null
  'writing.share.title': null
  'writing.share.back': null
  'writing.share.free': null
  'writing.share.steps': null
  'writing.share.not-stored': null
  'writing.share.rest': null
  'writing.share.waiting': null
  'writing.share.ready-at': { when: string }
  'writing.share.until': null
  'writing.share.ready': null
  'writing.share.read-once': null
  'writing.share.good-time': null
  'writing.share.not-here': null
  'writing.share.keep': null
  'writing.own-session.sent': null
  'writing.own-session.sent-body': { minutes: number }
  'writing.own-session.sent-stopped': null
  'writing.own-session.open': null
  'writing.own-session.open-heading': null
  'writing.own-session.open-body': { exit: string }
  'writing.own-session.open-button': null
  'writing.own-session.open-once': null
  'writing.own-session.word': null
  'writing.own-session.title': null
  'writing.own-session.opened': null
  'writing.own-session.choose-day': null
  'writing.own-session.done': null
  'writing.own-session.to-start': null
  'writing.own-session.to-settings': null
  'writing.own-session.to-take': null
  'writing.own-session.to-finished': null
  'writing.own-session.to-questions': null
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
  'privacy.how-long.address': { days: number }
  'privacy.who-sees.heading': null
  'privacy.who-sees.browsers': { minutes: number }
  'privacy.who-sees.reading-word': null
  'privacy.who-sees.questions': null
  'privacy.not-done.heading': null
  'privacy.not-done.body': null
  'privacy.cookie.heading': null
  'privacy.cookie.body': { days: number; idle: number; exit: string }
  'privacy.cookie.heading-two': null
  'privacy.cookie.library': { days: number }
  'privacy.leaving.heading': null
  'privacy.leaving.body': { site: string }
  'privacy.stopping.heading': null
  'privacy.stopping.body': null
  'privacy.deleting.heading': null
  'privacy.deleting.unconfirmed': { days: number }
  'privacy.deleting.everything': null
  'privacy.deleting.published': null
  'privacy.taking.heading': null
  'privacy.taking.body': { minutes: number }
  'privacy.browser.heading': null
  'privacy.browser.body': { exit: string }
  'course.library.title': null
  'course.library.lead': null
  'course.library.everyone': null
  'course.library.questions': null
  'course.library.minutes': { minutes: number }
  'course.library.minutes-to-read': { minutes: number }
  'course.library.read-on': { title: string }
  'course.library.question': null
  'course.library.asked': null
  'course.library.search.label': null
  'course.library.search.hint': null
  'course.library.search.button': null
  'course.library.search.results': { count: number }
  'course.library.search.nothing': null
  'course.library.search.none': null
  'course.library.search.empty': null
  'course.library.search.beginnings': null
  'course.library.search.all': null
  'course.library.members.list': null
  'course.library.members.article': null
  'course.library.members.how': { library: string }
  'course.library.members.join': null
  'course.library.read.remember': null
  'course.library.read.hint': null
  'course.library.read.on': null
  'course.library.read.forget': null
  'course.library.read.mark': null
  'publication.asked': null
  'publication.published': null
  'publication.deleted-too': null
  'publication.title': null
  'publication.ask': null
  'publication.until': { date: string }
  'publication.exactly': null
  'publication.under': { situation: string }
  'publication.in-your-words': null
  'publication.where': null
  'publication.where-open': { course: string }
  'publication.where-members': { course: string }
  'publication.where-else': null
  'publication.erased': null
  'publication.erased-too': null
  'publication.erased-stays': null
  'publication.yes': null
  'publication.no': null
  'publication.change': null
  'publication.change-hint': null
  'publication.show': null
  'publication.question': null
  'publication.answer': null
  'publication.follow-up': null
  'publication.second-answer': null
  'publication.accepted': null
  'publication.accepted-on': { date: string }
  'publication.accepted-too': null
  'publication.accepted-stays': null
  'publication.accepted-hidden': null
  'publication.read': null
  'publication.withdraw': null
  'publication.withdraw-hint': null
  'publication.withdrawn': null
  'publication.declined': null
  'publication.removed': null
  'publication.nothing': null
  'publication.moved': null
  'publication.look-again': null
  'publication.empty': null
  'publication.too-long': { max: number }
  'publication.unseen': null
  'publication.no-pictures': null
  'publication.no-links': null
  'publication.no-page': { page: string }
  'publication.both': null
  'publication.choose': null
  'learner.lost': null
  'learner.lost-title': null
  'learner.lost-body': null
  'learner.lost-email': null
  'learner.lost-button': null
  'learner.sent': { minutes: number }
  'learner.sent-not': { days: number }
  'learner.code': null
  'learner.code-what': null
  'learner.code-button': null
  'learner.code-wrong': null
  'learner.word-optional': null
  'learner.word-without': null
  'learner.open-title': null
  'learner.open-body': null
  'learner.open-button': null
  'learner.title': null
  'learner.go-on': { day: number }
  'learner.open-page': null
  'learner.day': { day: number }
  'learner.began': { date: string }
  'learner.earlier': { date: string }
  'learner.finished': null
  'learner.anew': null
  'learner.days': null
  'learner.settings': null
  'learner.stop': null
  'learner.resume': null
  'learner.hide': null
  'learner.choose-title': null
  'learner.choose-body': { course: string }
  'learner.choose-body-discreet': null
  'learner.choose-days': null
  'learner.choose-days-what': null
  'learner.choose-resume-what': null
  'learner.choose-anew': null
  'learner.choose-anew-what': null
  'learner.your-code': null
  'learner.your-code-what': null
  'learner.your-code-again': null
  'learner.no-code': null
  'learner.new-code': null
  'learner.new-code-what': null
  'learner.mails': null
  'learner.mails-what': null
  'learner.mails-save': null
  'learner.used-title': null
  'learner.used-code': null
  'learner.choose-resume-web': null
  'address.change': null
  'address.change-what': null
  'address.title': null
  'address.body': null
  'address.then': { days: number }
  'address.email': null
  'address.send': null
  'address.same': null
  'address.sent': { hours: number }
  'address.sent-not': null
  'address.new-code': null
  'address.confirm-title': null
  'address.confirm-body': null
  'address.confirm-button': null
  'address.confirm-not': null
  'address.done': null
  'address.done-body': null
  'address.undo-title': null
  'address.undo-body': null
  'address.undo-what': null
  'address.undo-button': null
  'address.undone': null
  'address.undone-body': null
  'address.wait': { days: number }
  'take.title': null
  'take.what': null
  'take.save': null
  'take.data': null
  'take.leave-heading': null
  'take.leave-body': null
  'take.leave': null
  'take.step-save': null
  'take.step-open': null
  'take.step-delete': null
  'take.opened': null
  'take.written-since': null
  'take.link-first': null
  'take.settings': null
  'take.everything': null
  'take.file.name': null
  'take.file.title': null
  'take.file.saved': { date: string }
  'take.file.course-gone': null
  'take.file.begun': { date: string }
  'take.file.day': { day: number; title: string }
  'take.file.day-gone': { day: number }
  'take.file.done': { date: string }
  'take.file.written': { when: string }
  'take.file.line': null
  'take.file.proposed': { date: string }
  'take.file.published': { date: string }
  'take.file.nothing': null
  'finished.title': null
  'finished.span': { done: number; from: string; until: string }
  'finished.one-date': { done: number; date: string }
  'finished.none': { from: string }
  'finished.days': null
  'finished.day': { date: string; effort: string }
  'finished.not-done': null
  'finished.not-opened': null
  'finished.line': null
  'finished.line-what': null
  'finished.choose': { lines: number }
  'finished.choose-legend': null
  'finished.write': null
  'finished.keep': null
  'finished.remove': null
  'finished.kept': null
  'finished.link-first': null
  'finished.too-long': { max: number }
  'finished.next': null
  'finished.check-ins': { count: number }
  'finished.library': null
  'finished.again': null
  'finished.take': null
  'finished.not-yet': null
  'finished.link': null
  'desk.name': null
  'desk.title': { title: string }
  'desk.filter': null
  'desk.older': null
  'desk.nav.label': null
  'desk.nav.today': null
  'desk.nav.audit': null
  'desk.nav.operators': null
  'desk.nav.account': null
  'desk.nav.sign-out': null
  'desk.nav.people': null
  'desk.nav.deliveries': null
  'desk.nav.suppression': null
  'desk.nav.courses': null
  'desk.nav.questions': null
  'desk.roles.author': null
  'desk.roles.operator': null
  'desk.roles.owner': null
  'desk.roles.may.author': null
  'desk.roles.may.operator': null
  'desk.roles.may.owner': null
  'desk.means.link': null
  'desk.means.passkey': null
  'desk.sign-in.title': null
  'desk.sign-in.address': null
  'desk.sign-in.send': null
  'desk.sign-in.passkey': null
  'desk.sign-in.again': null
  'desk.sign-in.host': null
  'desk.sign-in.sent': null
  'desk.sign-in.sent-body': { minutes: number }
  'desk.sign-in.first': null
  'desk.sign-in.first-body': null
  'desk.sign-in.open': null
  'desk.sign-in.open-button': null
  'desk.errors.heading': null
  'desk.errors.no-address': null
  'desk.errors.link-expired': null
  'desk.errors.passkey': null
  'desk.errors.too-many-passkeys': { most: number }
  'desk.errors.not-your-role': null
  'desk.errors.not-fresh': null
  'desk.errors.no-session': null
  'desk.errors.no-passkey': null
  'desk.errors.no-operator': null
  'desk.errors.no-role': null
  'desk.errors.last-owner': null
  'desk.errors.no-reason': null
  'desk.errors.paused-already': null
  'desk.errors.not-paused': null
  'desk.errors.no-person': null
  'desk.errors.no-consent': null
  'desk.errors.too-short': { least: number }
  'desk.errors.changes-nothing': null
  'desk.errors.course-active': null
  'desk.errors.course-paused': null
  'desk.errors.course-stopped': null
  'desk.errors.course-finished': null
  'desk.errors.course-gone': null
  'desk.errors.no-course': null
  'desk.errors.same-address': null
  'desk.errors.newer-round': null
  'desk.errors.address-undone': null
  'desk.errors.value-change-hour': null
  'desk.errors.value-change-zone': null
  'desk.errors.value-change-pace': null
  'desk.errors.no-next-lesson': null
  'desk.errors.no-such-day': null
  'desk.errors.not-moved-back': null
  'desk.errors.no-delivery': null
  'desk.errors.no-choice': null
  'desk.errors.not-settled': null
  'desk.errors.not-set-aside': null
  'desk.errors.list-no-column': null
  'desk.errors.list-open-quote': null
  'desk.errors.not-resent': null
  'desk.errors.no-zone': null
  'desk.errors.not-granted': null
  'desk.errors.answers-for-none': null
  'desk.errors.no-passage': null
  'desk.errors.passage-empty': null
  'desk.errors.passage-long': { most: number }
  'desk.errors.no-question': null
  'desk.errors.not-author': null
  'desk.errors.no-heir': null
  'desk.errors.answer-empty': null
  'desk.errors.answer-long': { most: number }
  'desk.errors.note-long': { most: number }
  'desk.errors.no-such-course': null
  'desk.account.title': null
  'desk.account.who': { address: string; role: string }
  'desk.account.passkeys': null
  'desk.account.passkeys-body': null
  'desk.account.passkeys-none': null
  'desk.account.add-passkey': null
  'desk.account.remove-passkey': null
  'desk.account.never': null
  'desk.account.sessions': null
  'desk.account.this-session': null
  'desk.account.end-session': null
  'desk.account.column.added': null
  'desk.account.column.used': null
  'desk.account.column.opened': null
  'desk.account.column.means': null
  'desk.account.column.act': null
  'desk.account.zone': null
  'desk.account.zone-label': null
  'desk.account.zone-button': null
  'desk.operators.title': null
  'desk.operators.body': null
  'desk.operators.you': null
  'desk.operators.remove': null
  'desk.operators.invite': null
  'desk.operators.invite-button': null
  'desk.operators.invite-hint': null
  'desk.operators.done.invited': null
  'desk.operators.done.not-emailed': null
  'desk.operators.done.changed': null
  'desk.operators.done.removed': null
  'desk.operators.done.granted': null
  'desk.operators.done.revoked': null
  'desk.operators.column.address': null
  'desk.operators.column.role': null
  'desk.operators.column.added': null
  'desk.operators.column.act': null
  'desk.operators.column.answers': null
  'desk.operators.column.course': null
  'desk.operators.revoke': null
  'desk.operators.grant': null
  'desk.operators.grant-body': null
  'desk.operators.grant-button': null
  'desk.audit.title': null
  'desk.audit.body': null
  'desk.audit.any': null
  'desk.audit.none': null
  'desk.audit.host': null
  'desk.audit.removed': { id: number }
  'desk.audit.export': null
  'desk.audit.export-body': null
  'desk.audit.jsonl': null
  'desk.audit.csv': null
  'desk.audit.column.number': null
  'desk.audit.column.at': null
  'desk.audit.column.who': null
  'desk.audit.column.act': null
  'desk.audit.column.learner': null
  'desk.audit.column.reason': null
  'desk.audit.column.details': null
  'desk.audit.somebody-on-host': null
  'desk.acts.sign-in': null
  'desk.acts.end-session': null
  'desk.acts.add-passkey': null
  'desk.acts.remove-passkey': null
  'desk.acts.print-link': null
  'desk.acts.invite': null
  'desk.acts.change-role': null
  'desk.acts.remove-operator': null
  'desk.acts.export-audit': null
  'desk.acts.pause-sending': null
  'desk.acts.resume-sending': null
  'desk.acts.hold-sending': null
  'desk.acts.release-sending': null
  'desk.acts.pause-course': null
  'desk.acts.resume-course': null
  'desk.acts.stop-course': null
  'desk.acts.change-hour': null
  'desk.acts.change-zone': null
  'desk.acts.change-pace': null
  'desk.acts.move-lesson': null
  'desk.acts.suppress': null
  'desk.acts.lift-suppression': null
  'desk.acts.erase': null
  'desk.acts.propose-publication': null
  'desk.acts.remove-publication': null
  'desk.acts.settle-delivery': null
  'desk.acts.settle-all': null
  'desk.acts.retry-report': null
  'desk.acts.drop-report': null
  'desk.acts.retry-reports': null
  'desk.acts.drop-reports': null
  'desk.acts.retry-messages': null
  'desk.acts.import-suppressions': null
  'desk.acts.export-suppressions': null
  'desk.acts.resend': null
  'desk.acts.correct-address': null
  'desk.acts.export-person': null
  'desk.acts.export-consent': null
  'desk.acts.grant-answers': null
  'desk.acts.revoke-answers': null
  'desk.acts.add-passage': null
  'desk.acts.change-passage': null
  'desk.acts.remove-passage': null
  'desk.acts.hand-over-questions': null
  'desk.acts.open-question': null
  'desk.acts.draft-answer': null
  'desk.acts.assign-question': null
  'desk.acts.ask-second-look': null
  'desk.acts.give-second-look': null
  'desk.acts.send-answer': null
  'desk.acts.close-question': null
  'desk.acts.reopen-question': null
  'desk.acts.block-questions': null
  'desk.acts.unblock-questions': null
  'desk.acts.drop-messages': null
  'desk.reasons.asked': null
  'desk.reasons.mistake': null
  'desk.reasons.abuse': null
  'desk.reasons.trouble': null
  'desk.reasons.test': null
  'desk.reasons.law': null
  'desk.reasons.label': null
  'desk.reasons.choose': null
  'desk.today.title': null
  'desk.today.checks': null
  'desk.today.fine': null
  'desk.today.look': null
  'desk.today.unknown': null
  'desk.today.column.what': null
  'desk.today.column.state': null
  'desk.today.column.say': null
  'desk.today.as-of': null
  'desk.today.since': null
  'desk.today.many': { most: string }
  'desk.today.free': { gigabytes: string }
  'desk.today.no-backup': null
  'desk.today.count.due': null
  'desk.today.count.sent': null
  'desk.today.count.soon': null
  'desk.today.count.deferred': null
  'desk.today.count.unconfirmed': null
  'desk.today.count.set-aside': null
  'desk.today.count.unbuilt': null
  'desk.today.count.suppressed': null
  'desk.today.check.relay': null
  'desk.today.check.database': null
  'desk.today.check.redis': null
  'desk.today.check.claims': null
  'desk.today.check.messages': null
  'desk.today.check.disk': null
  'desk.today.check.backup': null
  'desk.today.sending.open': null
  'desk.today.sending.paused': null
  'desk.today.sending.held': null
  'desk.today.sending.next.probing': null
  'desk.today.sending.next.paused': null
  'desk.today.sending.next.held': null
  'desk.today.sending.next.stuck': null
  'desk.today.sending.stuck': null
  'desk.today.pause': null
  'desk.today.pause-body': null
  'desk.today.pause-button': null
  'desk.today.resume': null
  'desk.today.resume-body': null
  'desk.today.resume-button': null
  'desk.today.days': null
  'desk.today.day': null
  'desk.today.as-table': null
  'desk.today.chart': { total: string; most: string }
  'desk.today.series.sent': null
  'desk.today.series.bounced': null
  'desk.today.series.complained': null
  'desk.today.series.signed-up': null
  'desk.today.series.confirmed': null
  'desk.today.series.stopped': null
  'desk.today.overdue': { count: number; shown: string }
  'desk.today.overdue-own': { count: number; course: string }
  'desk.today.relay.fine': null
  'desk.today.relay.failures': { failures: number }
  'desk.today.relay.refused': null
  'desk.emails.sign-in.subject': null
  'desk.emails.sign-in.body': { link: string; minutes: number }
  'desk.emails.invitation.subject': null
  'desk.emails.invitation.body': { role: string; link: string }
  'desk.emails.roles-changed.subject': null
  'desk.emails.roles-changed.body': { person: string; role: string; link: string }
  'desk.emails.bulk-act.subject': null
  'desk.emails.bulk-act.body': { person: string; act: string; count: number; link: string }
  'desk.emails.answers-granted.subject': null
  'desk.emails.answers-granted.body': { person: string; course: string; link: string }
  'desk.emails.answers-revoked.subject': null
  'desk.emails.answers-revoked.body': { person: string; course: string; link: string }
  'desk.emails.questions-wait.subject': null
  'desk.emails.questions-wait.body': { count: number; urgent: number; link: string }
  'desk.emails.second-look.subject': null
  'desk.emails.second-look.body': { link: string }
  'desk.states.pending': null
  'desk.states.active': null
  'desk.states.paused': null
  'desk.states.stopped': null
  'desk.states.finished': null
  'desk.paces.daily': null
  'desk.paces.weekdays': null
  'desk.paces.second-day': null
  'desk.paces.weekly': null
  'desk.kinds.sign-up': null
  'desk.kinds.lesson': null
  'desk.kinds.closing': null
  'desk.kinds.check-in': null
  'desk.kinds.pause-ending': null
  'desk.kinds.reminder': null
  'desk.kinds.reading-link': null
  'desk.kinds.erase-link': null
  'desk.kinds.way-back': null
  'desk.kinds.address-link': null
  'desk.kinds.address-changed': null
  'desk.kinds.resend': null
  'desk.kinds.answer': null
  'desk.kinds.question-received': null
  'desk.kinds.follow-up': null
  'desk.kinds.publication': null
  'desk.delivery-states.planned': null
  'desk.delivery-states.leased': null
  'desk.delivery-states.sent': null
  'desk.delivery-states.deferred': null
  'desk.delivery-states.failed': null
  'desk.delivery-states.expired': null
  'desk.delivery-states.unconfirmed': null
  'desk.delivery-states.cancelled': null
  'desk.reports.dead': null
  'desk.reports.full': null
  'desk.reports.stream': null
  'desk.reports.soft': null
  'desk.reports.complaint': null
  'desk.people.title': null
  'desk.people.address': null
  'desk.people.address-hint': { least: number }
  'desk.people.find': null
  'desk.people.none': null
  'desk.people.nobody': null
  'desk.people.all': null
  'desk.people.next': null
  'desk.people.week': null
  'desk.people.bounced': null
  'desk.people.column.address': null
  'desk.people.column.course': null
  'desk.people.column.state': null
  'desk.people.column.day': null
  'desk.people.none-yet': null
  'desk.people.by': null
  'desk.people.event.confirmed': null
  'desk.people.event.signed-up': null
  'desk.people.event.stopped': null
  'desk.people.date': null
  'desk.person.title': { id: number }
  'desk.person.number': { id: number }
  'desk.person.since': null
  'desk.person.suppressed': null
  'desk.person.confirmations': null
  'desk.person.consent': null
  'desk.person.day': null
  'desk.person.confirmed': null
  'desk.person.paused-until': null
  'desk.person.check-ins-stopped': null
  'desk.person.name': null
  'desk.person.hour': null
  'desk.person.pace': null
  'desk.person.language': null
  'desk.person.reminder': null
  'desk.person.settings': null
  'desk.person.setting.discreet': null
  'desk.person.setting.web-only': null
  'desk.person.setting.short-emails': null
  'desk.person.ledger': null
  'desk.person.asked': null
  'desk.person.button': null
  'desk.person.declined': null
  'desk.person.wording': null
  'desk.person.other-wording': null
  'desk.person.done': null
  'desk.person.address': null
  'desk.person.address-heading': null
  'desk.person.address-body': { hours: number; days: number }
  'desk.person.address-closed': null
  'desk.person.address-new': null
  'desk.person.address-button': null
  'desk.person.export': null
  'desk.person.export-heading': null
  'desk.person.export-body': null
  'desk.person.export-without': null
  'desk.person.export-button': null
  'desk.person.back': null
  'desk.person.erase': null
  'desk.person.note': null
  'desk.person.note-hint': null
  'desk.person.value.pause-course': null
  'desk.person.value.change-hour': null
  'desk.person.value.change-zone': null
  'desk.person.value.change-pace': null
  'desk.person.value.move-lesson': null
  'desk.person.back-to': null
  'desk.person.act.pause-course': null
  'desk.person.act.resume-course': null
  'desk.person.act.stop-course': null
  'desk.person.act.change-hour': null
  'desk.person.act.change-zone': null
  'desk.person.act.change-pace': null
  'desk.person.act.move-lesson': null
  'desk.person.act.suppress': null
  'desk.person.act.lift-suppression': null
  'desk.person.act-body.pause-course': null
  'desk.person.act-body.resume-course': null
  'desk.person.act-body.stop-course': null
  'desk.person.act-body.change-hour': null
  'desk.person.act-body.change-zone': null
  'desk.person.act-body.change-pace': null
  'desk.person.act-body.move-lesson': null
  'desk.person.act-body.suppress': null
  'desk.person.act-body.lift-suppression': null
  'desk.person.erase-heading': null
  'desk.person.erase-body': { id: number }
  'desk.person.erase-button': null
  'desk.person.keep': null
  'desk.person.erased': null
  'desk.person.former-address': null
  'desk.person.acts': null
  'desk.person.acts-whole': null
  'desk.consent.title': { id: number }
  'desk.consent.open': null
  'desk.consent.email': null
  'desk.consent.none-sent': null
  'desk.consent.not-kept': null
  'desk.consent.delivery': null
  'desk.consent.story': null
  'desk.consent.bytes': null
  'desk.consent.sha256': null
  'desk.consent.whole': null
  'desk.consent.without-to': null
  'desk.consent.masked': null
  'desk.consent.header': null
  'desk.consent.text': null
  'desk.consent.export-body': null
  'desk.consent.export': null
  'desk.ledger.column.what': null
  'desk.ledger.column.state': null
  'desk.ledger.column.due': null
  'desk.ledger.column.story': null
  'desk.ledger.sent': null
  'desk.ledger.opened': null
  'desk.ledger.leased': null
  'desk.ledger.failed': null
  'desk.ledger.expired': null
  'desk.ledger.cancelled': null
  'desk.ledger.copy-follows': null
  'desk.ledger.unconfirmed': null
  'desk.ledger.sending-paused': null
  'desk.ledger.sending-held': null
  'desk.ledger.course-paused': null
  'desk.ledger.deferred': null
  'desk.ledger.planned': null
  'desk.ledger.due': null
  'desk.ledger.next': null
  'desk.ledger.attempts': { attempts: number }
  'desk.ledger.first-attempt': null
  'desk.ledger.handed-over': null
  'desk.ledger.copy': null
  'desk.ledger.settled': null
  'desk.ledger.attempts-heading': null
  'desk.ledger.not-accepted': { attempts: number }
  'desk.ledger.attempt.deferred': null
  'desk.ledger.attempt.failed': null
  'desk.ledger.attempt.expired': null
  'desk.ledger.attempt.copy': null
  'desk.ledger.attempt.unconfirmed': null
  'desk.ledger.attempt.sent': null
  'desk.ledger.attempt.between': { count: number }
  'desk.ledger.attempt.warm-up': null
  'desk.ledger.attempt.not-its-day': null
  'desk.deliveries.title': null
  'desk.deliveries.day': null
  'desk.deliveries.date': null
  'desk.deliveries.until-now': null
  'desk.deliveries.none': null
  'desk.deliveries.none-yet': null
  'desk.deliveries.waits': null
  'desk.deliveries.arrived': null
  'desk.deliveries.send-again': null
  'desk.deliveries.all': null
  'desk.deliveries.all-body': null
  'desk.deliveries.settled': { settled: number; left: number }
  'desk.deliveries.column.email': null
  'desk.deliveries.column.person': null
  'desk.deliveries.column.course': null
  'desk.deliveries.column.state': null
  'desk.deliveries.column.due': null
  'desk.deliveries.column.settled': null
  'desk.deliveries.counted': null
  'desk.deliveries.set-aside': null
  'desk.delivery.title': { id: number }
  'desk.delivery.message-id': null
  'desk.delivery.settle': null
  'desk.delivery.settle-body': null
  'desk.delivery.done.arrived': null
  'desk.delivery.done.send-again': null
  'desk.delivery.done.resend': null
  'desk.delivery.resend': null
  'desk.delivery.resend-body': null
  'desk.delivery.sent-again': null
  'desk.delivery.sends-again': null
  'desk.delivery.email': { id: number }
  'desk.set-aside.title': null
  'desk.set-aside.reports': null
  'desk.set-aside.reports-body': null
  'desk.set-aside.no-reports': null
  'desk.set-aside.all': null
  'desk.set-aside.all-body': null
  'desk.set-aside.again': null
  'desk.set-aside.drop': null
  'desk.set-aside.all-again': null
  'desk.set-aside.all-drop': null
  'desk.set-aside.messages': null
  'desk.set-aside.messages-body': null
  'desk.set-aside.no-messages': null
  'desk.set-aside.retry-messages': null
  'desk.set-aside.done.again': null
  'desk.set-aside.done.drop': null
  'desk.set-aside.column.report': null
  'desk.set-aside.column.source': null
  'desk.set-aside.column.came': null
  'desk.set-aside.column.since': null
  'desk.set-aside.column.act': null
  'desk.set-aside.column.why': null
  'desk.set-aside.column.count': null
  'desk.set-aside.drop-messages': null
  'desk.published.title': null
  'desk.published.body': null
  'desk.published.none': null
  'desk.published.column.question': null
  'desk.published.column.course': null
  'desk.published.column.since': null
  'desk.published.column.act': null
  'desk.publication.title': null
  'desk.publication.body': null
  'desk.publication.no-library': null
  'desk.publication.stopped': null
  'desk.publication.no-more': null
  'desk.publication.no-answer': null
  'desk.publication.question': null
  'desk.publication.answer': null
  'desk.publication.follow-up': null
  'desk.publication.second-answer': null
  'desk.publication.markdown': null
  'desk.publication.situation': null
  'desk.publication.everyone': null
  'desk.publication.language': null
  'desk.publication.article': null
  'desk.publication.no-article': null
  'desk.publication.look': null
  'desk.publication.propose': null
  'desk.publication.propose-anew': null
  'desk.publication.preview': null
  'desk.publication.warnings': null
  'desk.publication.detail.address': null
  'desk.publication.detail.number': null
  'desk.publication.detail.name': null
  'desk.publication.sure': null
  'desk.publication.state.nothing': null
  'desk.publication.state.proposed': { date: string }
  'desk.publication.state.accepted': { date: string }
  'desk.publication.state.declined': null
  'desk.publication.state.withdrawn': null
  'desk.publication.state.removed': null
  'desk.publication.in-learners-words': null
  'desk.publication.in-library': null
  'desk.publication.take-back': null
  'desk.publication.take-out': null
  'desk.publication.read': null
  'desk.publication.thread': null
  'desk.publication.back': null
  'desk.suppression.title': null
  'desk.suppression.body': null
  'desk.suppression.address-hint': null
  'desk.suppression.free': null
  'desk.suppression.import': null
  'desk.suppression.list': null
  'desk.suppression.list-hint': null
  'desk.suppression.import-button': null
  'desk.suppression.imported': { added: number; known: number; problems: number }
  'desk.suppression.problem.no-address': { line: number }
  'desk.suppression.problem.no-key': { line: number }
  'desk.suppression.problem.other-key': { line: number }
  'desk.suppression.export-body': null
  'desk.suppression.count': { count: string }
  'desk.courses.title': null
  'desk.courses.body': null
  'desk.courses.check': null
  'desk.courses.first': null
  'desk.courses.due': null
  'desk.courses.fact.name': null
  'desk.courses.fact.version': null
  'desk.courses.fact.consent': null
  'desk.courses.fact.days': null
  'desk.courses.fact.check-ins': null
  'desk.courses.fact.languages': null
  'desk.courses.fact.earlier': null
  'desk.courses.fact.reviewed': null
  'desk.courses.fact.next': null
  'desk.courses.check-title': null
  'desk.courses.check-body': null
  'desk.courses.not-checked': null
  'desk.courses.no-problems': null
  'desk.courses.problems': null
  'desk.courses.not-measured': { name: string }
  'desk.courses.files': null
  'desk.courses.file-count': { files: number }
  'desk.courses.column.place': null
  'desk.courses.column.what': null
  'desk.courses.column.fix': null
  'desk.listed-states.due': null
  'desk.listed-states.soon': null
  'desk.listed-states.unconfirmed': null
  'desk.listed-states.deferred': null
  'desk.listed-states.failed': null
  'desk.listed-states.expired': null
  'desk.listed-states.planned': null
  'desk.listed-states.leased': null
  'desk.listed-states.sent': null
  'desk.listed-states.accepted': null
  'desk.listed-states.bounced': null
  'desk.listed-states.complained': null
  'desk.listed-states.cancelled': null
  'desk.clock': { zone: string }
  'desk.clock-change': null
  'desk.passages.title': null
  'desk.passages.body': null
  'desk.passages.new': null
  'desk.passages.course': null
  'desk.passages.name': null
  'desk.passages.name-hint': null
  'desk.passages.text': null
  'desk.passages.save': null
  'desk.passages.remove': null
  'desk.passages.done.saved': null
  'desk.passages.done.removed': null
  'desk.questions.back': null
  'desk.questions.body': null
  'desk.questions.asked-to-look': { id: number }
  'desk.questions.none': null
  'desk.questions.number': { id: number }
  'desk.questions.urgent': null
  'desk.questions.overdue': null
  'desk.questions.nobody': null
  'desk.questions.state': null
  'desk.questions.mine': null
  'desk.questions.touched': null
  'desk.questions.column.question': null
  'desk.questions.column.course': null
  'desk.questions.column.day': null
  'desk.questions.column.since': null
  'desk.questions.column.assigned': null
  'desk.questions.opening': null
  'desk.questions.urgent-body': null
  'desk.questions.asked': null
  'desk.questions.first-name': null
  'desk.questions.no-name': null
  'desk.questions.of-day': { day: number; title: string }
  'desk.questions.public-lesson': null
  'desk.questions.thread': null
  'desk.questions.the-learner': null
  'desk.questions.an-author': null
  'desk.questions.wrote': { who: string }
  'desk.questions.you-wrote': null
  'desk.questions.answer': null
  'desk.questions.text': null
  'desk.questions.text-hint': null
  'desk.questions.passage': null
  'desk.questions.insert': null
  'desk.questions.look': null
  'desk.questions.save': null
  'desk.questions.look-title': null
  'desk.questions.as-sent': null
  'desk.questions.send-body': null
  'desk.questions.send': null
  'desk.questions.change': null
  'desk.questions.meanwhile': null
  'desk.questions.not-open': null
  'desk.questions.assign': null
  'desk.questions.assign-to': null
  'desk.questions.second-look': null
  'desk.questions.second-look-body': null
  'desk.questions.colleague': null
  'desk.questions.looks': null
  'desk.questions.look-waits': { who: string }
  'desk.questions.looked': { who: string }
  'desk.questions.nothing-said': null
  'desk.questions.asks-you': { who: string }
  'desk.questions.no-draft': null
  'desk.questions.note': null
  'desk.questions.looked-button': null
  'desk.questions.act.close': null
  'desk.questions.act.reopen': null
  'desk.questions.act.spam': null
  'desk.questions.act.not-spam': null
  'desk.questions.act-body.close': null
  'desk.questions.act-body.reopen': null
  'desk.questions.act-body.spam': null
  'desk.questions.act-body.not-spam': null
  'desk.questions.done.saved': null
  'desk.questions.done.sent': null
  'desk.questions.done.assigned': null
  'desk.questions.done.asked': null
  'desk.questions.done.looked': null
  'desk.questions.done.close': null
  'desk.questions.done.reopen': null
  'desk.questions.done.spam': null
  'desk.questions.done.not-spam': null
  'desk.questions.age': { days: number }
  'desk.questions.answers-to': null
  'desk.questions.written-meanwhile': null
  'desk.questions.title': null
  'desk.question-states.waiting': null
  'desk.question-states.answered': null
  'desk.question-states.closed': null
  'desk.question-states.spam': null
  'desk.question-states.unconfirmed': null
  'desk.hand-over.title': null
  'desk.hand-over.body': null
  'desk.hand-over.who': { course: string; count: number }
  'desk.hand-over.inbox': null
  'desk.hand-over.button': null
  'desk.hand-over.back': null
  'question.errors.empty': null
  'question.errors.too-long': { most: number }
  'question.errors.too-many': { most: number }
  'question.errors.not-taken': null
  'question.errors.gone': null
  'question.errors.closed': null
  'question.errors.cannot': null
  'question.ask.title': null
  'question.ask.open': null
  'question.ask.who-answers': { who: string; days: number }
  'question.ask.not-live': null
  'question.ask.who-reads': { who: string; days: number }
  'question.ask.label': null
  'question.ask.length': { most: number }
  'question.ask.name': { who: string; name: string }
  'question.ask.send': null
  'question.help.emergency': null
  'question.help.heading': null
  'question.help.body': null
  'question.asked.title': null
  'question.asked.heading': null
  'question.asked.not-live': null
  'question.asked.told': null
  'question.asked.not-told': null
  'question.asked.sooner': null
  'question.own.title': null
  'question.own.one': null
  'question.own.closed-here': null
  'question.own.none': null
  'question.own.deleted': null
  'question.own.author': null
  'question.own.answered': { who: string; when: string }
  'question.own.wrote': { when: string }
  'question.own.wrote-by-email': { when: string }
  'question.own.write-more': null
  'question.own.write-back': null
  'question.own.send': null
  'question.states.unconfirmed': null
  'question.states.waiting': null
  'question.states.answered': null
  'question.states.closed': null
  'question.confirm.heading': null
  'question.confirm.body': null
  'question.confirm.yes': null
  'question.confirm.no': null
  'question.delete.link': null
  'question.delete.heading': null
  'question.delete.body': null
  'question.delete.now': null
  'question.delete.go-back': null
  'question.library.ask': null
  'question.library.where': null
  'reply.attachment': null
  'reply.cut': null
  'reply.encrypted': null
}
