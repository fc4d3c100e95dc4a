import type { Course } from '../../core/course/course.ts'
import type { Html } from './html.ts'

/** What a view hands back; the layout dresses it. */
export interface Page {
  /** The `<title>`, and nothing else; `main` brings its own heading. Never holds what a learner wrote. */
  readonly title: string
  /** Null where the course is not known, as on an error: then the page names none. */
  readonly course: Course | null
  /** A form needs another look: the title says so first. */
  readonly isError: boolean
  /** Neutral title, name and emblem. */
  readonly discreet: boolean
  readonly main: Html
  /** Files of public/ this page needs beside the ones every page has. */
  readonly scripts: readonly string[]
  /** Links at the foot, before the ones every page has. */
  readonly footerLinks: readonly { readonly href: string; readonly label: string }[]
}

/** A page with what most pages leave at its default. */
export function page(parts: Pick<Page, 'title' | 'main'> & Partial<Page>): Page {
  return { course: null, discreet: false, isError: false, scripts: [], footerLinks: [], ...parts }
}
