import { createHash } from 'node:crypto'
import type { CourseResources } from './parse/parse-resources.ts'
import { publicCarePages } from './parse/parse-resources.ts'

/** A page of a course that anybody can open. */
export type PublicPage =
  | { readonly kind: 'start' }
  | { readonly kind: 'page'; readonly name: string }
  | { readonly kind: 'library' }
  | { readonly kind: 'article'; readonly name: string }
  | { readonly kind: 'question'; readonly name: string }

/** The help page, which every course with care pages has (docs/course-format-assessment.md). */
export const HELP = { kind: 'page', name: 'help' } as const
export const GROUNDING = { kind: 'page', name: 'grounding' } as const
const DISCLAIMER = { kind: 'page', name: 'disclaimer' } as const

/** All public pages of the course, besides those of questions that learners agreed to publish. */
export function publicPagesOf(resources: CourseResources): readonly PublicPage[] {
  return [
    ...(resources.assessment === null ? [] : [{ kind: 'start' } as const]),
    ...publicCarePages(resources).map(({ name }) => ({ kind: 'page', name }) as const),
    ...(resources.articles.length + resources.questions.length === 0 ? [] : [{ kind: 'library' } as const]),
    ...resources.articles.map(({ name }) => ({ kind: 'article', name }) as const),
    ...resources.questions.map(({ id }) => ({ kind: 'question', name: id }) as const),
  ]
}

/** The path of a page. The discreet path reveals neither course nor page, and is the same in every installation. */
export function publicPagePath(course: string, page: PublicPage, discreet: boolean): string {
  if (discreet) return `/n/${discreetCode(course, page)}`
  switch (page.kind) {
    case 'start':
      return `/courses/${course}/start`
    case 'page':
      return `/courses/${course}/pages/${page.name}`
    case 'library':
      return `/courses/${course}/library`
    case 'article':
      return `/courses/${course}/library/${page.name}`
    case 'question':
      return `/courses/${course}/library/questions/${page.name}`
  }
}

/** The last segment of a discreet path. */
export function discreetCode(course: string, page: PublicPage): string {
  const name = 'name' in page ? page.name : ''
  return createHash('sha256')
    .update(JSON.stringify([course, page.kind, name]))
    .digest('base64url')
    .slice(0, 10)
}

/** The pages that navigation links to; null where the course has none. */
export function navigationLinks(course: string, resources: CourseResources, discreet: boolean): NavigationLinks {
  const known = remembered.get(resources) ?? new Map<string, NavigationLinks>()
  remembered.set(resources, known)
  const key = `${discreet} ${course}`
  const links = known.get(key) ?? findNavigationLinks(course, resources, discreet)
  known.set(key, links)
  return links
}

/** Cached: needed for every email and page, and constant while the course is loaded. */
const remembered = new WeakMap<CourseResources, Map<string, NavigationLinks>>()

function findNavigationLinks(course: string, resources: CourseResources, discreet: boolean) {
  const link = (wanted: PublicPage) => {
    const has = publicPagesOf(resources).some((page) => discreetCode(course, page) === discreetCode(course, wanted))
    return has ? publicPagePath(course, wanted, discreet) : null
  }
  return {
    start: link({ kind: 'start' }),
    help: link(HELP),
    grounding: link(GROUNDING),
    disclaimer: link(DISCLAIMER),
    library: link({ kind: 'library' }),
  }
}

export type NavigationLinks = Readonly<ReturnType<typeof findNavigationLinks>>

/** The path of a learner's self-assessment. */
export function startPath(token: string): string {
  return `/l/${token}/start`
}
