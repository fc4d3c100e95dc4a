import { deskPaths } from '../../core/desk/desk-paths.ts'
import type { EnrolmentStateOrPending } from '../../core/enrolment/enrolment-acts.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { findByAddress, findByBeginning, LEAST_LETTERS, listPeople } from '../../flow/desk/find-people.ts'
import { viewPerson } from '../../flow/desk/view-person.ts'
import type { Window } from '../../flow/ports/delivery-ports.ts'
import { PEOPLE_EVENTS, type PeopleFilter } from '../../flow/ports/desk-ports.ts'
import { checkEmail } from '../sign-up/check-email.ts'
import { sendDeskPage } from './desk-page.ts'
import { cursorOf, dateOf, fieldOf, numberIn, type OperatorVisit, queryOf } from './desk-visit.ts'
import { foundPage, PERSON_STATES, peoplePage } from './people-view.ts'
import { personPage } from './person-view.ts'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS

/** Finding people, and what is known of one. Addresses are posted, because they do not belong in a URL. */
export const people = {
  'get /desk/people': async (visit: OperatorVisit) => {
    const { ports } = visit.site
    const filter = filterOf(visit)
    const found = await listPeople(ports, filter, cursorOf(queryOf(visit, 'after')))
    const courses = ports.courses.all().map(({ name }) => name)
    sendDeskPage(visit, 200, peoplePage(visit.words, { ...found, filter, courses, dates: datesOf(visit) }))
  },

  'post /desk/people/find': async (visit: OperatorVisit) => {
    const { site, words, response } = visit
    const typed = fieldOf(visit, 'address')
    const checked = checkEmail(typed)
    const id = 'address' in checked ? await findByAddress(site.ports, checked.address) : null
    if (id !== null) return response.redirect(303, deskPaths.person(id))
    const error = typed.length < LEAST_LETTERS ? words.say('desk.errors.too-short', { least: LEAST_LETTERS }) : null
    const after = numberIn(fieldOf(visit, 'after'))
    const found = error === null ? await findByBeginning(site.ports, typed, after) : { people: [], next: null }
    sendDeskPage(visit, error === null ? 200 : 400, foundPage(words, { ...found, typed, error }))
  },

  'get /desk/people/:id': async (visit: OperatorVisit) => {
    const person = await viewPerson(visit.site.ports, personIdOf(visit))
    sendDeskPage(visit, 200, personPage(visit.words, person, { done: queryOf(visit, 'done'), error: null }))
  },
}

/** The person that the path names. Fails with `not-found`. */
export function personIdOf({ request }: OperatorVisit): number {
  const id = numberIn(String(request.params.id))
  if (id === null) throw new AppError('not-found', phrase('desk.errors.no-person'))
  return id
}

function datesOf(visit: OperatorVisit) {
  return { week: queryOf(visit, 'week'), date: queryOf(visit, 'date') }
}

function filterOf(visit: OperatorVisit): PeopleFilter {
  const course = queryOf(visit, 'course')
  const state = PERSON_STATES.find((one): one is EnrolmentStateOrPending => one === queryOf(visit, 'state'))
  const day = numberIn(queryOf(visit, 'day'))
  const event = PEOPLE_EVENTS.find((one) => one === queryOf(visit, 'event'))
  const within = weekOf(queryOf(visit, 'week')) ?? dateOf(queryOf(visit, 'date'))
  return {
    ...(course !== '' && { course }),
    ...(state !== undefined && { state }),
    ...(day !== null && { day }),
    ...(event !== undefined && { event }),
    ...(within !== null && { within }),
    ...(queryOf(visit, 'bounced') !== '' && { bounced: true as const }),
  }
}

/** The week, UTC, that a date is in (ISO 8601: from Monday on); null for anything else. */
function weekOf(date: string): Window | null {
  const day = dateOf(date)
  if (day === null) return null
  const start = day.start - ((new Date(day.start).getUTCDay() + 6) % 7) * DAY_MS
  return { start, end: start + WEEK_MS }
}
