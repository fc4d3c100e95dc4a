import { createHash } from 'node:crypto'
import type { CourseExtras } from './parse/parse-resources.ts'
import { publicPages } from './parse/parse-resources.ts'

/** A page of a course that anyone may open. */
export type Place =
  | { readonly kind: 'start' }
  | { readonly kind: 'page'; readonly name: string }
  | { readonly kind: 'library' }
  | { readonly kind: 'article'; readonly name: string }

/** The care page every course with care pages has (docs/course-format-assessment.md). */
export const HELP = { kind: 'page', name: 'help' } as const
export const GROUNDING = { kind: 'page', name: 'grounding' } as const
const DISCLAIMER = { kind: 'page', name: 'disclaimer' } as const

/** Every place the course has. */
export function placesOf(extras: CourseExtras): readonly Place[] {
  return [
    ...(extras.assessment === null ? [] : [{ kind: 'start' } as const]),
    ...publicPages(extras).map(({ name }) => ({ kind: 'page', name }) as const),
    ...(extras.articles.length + extras.questions.length === 0 ? [] : [{ kind: 'library' } as const]),
    ...extras.articles.map(({ name }) => ({ kind: 'article', name }) as const),
  ]
}

/** The path of a place. The discreet one says nothing of the course or the page, and is the same on every machine. */
export function pathOf(course: string, place: Place, discreet: boolean): string {
  if (discreet) return `/n/${codeOf(course, place)}`
  switch (place.kind) {
    case 'start':
      return `/courses/${course}/start`
    case 'page':
      return `/courses/${course}/pages/${place.name}`
    case 'library':
      return `/courses/${course}/library`
    case 'article':
      return `/courses/${course}/library/${place.name}`
  }
}

/** The last part of a discreet path. */
export function codeOf(course: string, place: Place): string {
  const name = 'name' in place ? place.name : ''
  return createHash('sha256')
    .update(JSON.stringify([course, place.kind, name]))
    .digest('base64url')
    .slice(0, 10)
}

/** Places that pages link to, each null where the course has none. */
export function waysOf(course: string, extras: CourseExtras, discreet: boolean): Ways {
  const known = remembered.get(extras) ?? new Map<string, Ways>()
  remembered.set(extras, known)
  const key = `${discreet} ${course}`
  const ways = known.get(key) ?? findWays(course, extras, discreet)
  known.set(key, ways)
  return ways
}

/** Every mail and page asks, and the answer changes with the course's files only. */
const remembered = new WeakMap<CourseExtras, Map<string, Ways>>()

function findWays(course: string, extras: CourseExtras, discreet: boolean) {
  const way = (wanted: Place) => {
    const has = placesOf(extras).some((place) => codeOf(course, place) === codeOf(course, wanted))
    return has ? pathOf(course, wanted, discreet) : null
  }
  return {
    start: way({ kind: 'start' }),
    help: way(HELP),
    grounding: way(GROUNDING),
    disclaimer: way(DISCLAIMER),
    library: way({ kind: 'library' }),
  }
}

export type Ways = Readonly<ReturnType<typeof findWays>>

/** The self-assessment of a learner who has signed up. */
export function startPathOf(token: string): string {
  return `/l/${token}/start`
}
