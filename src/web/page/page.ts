import type { Course } from '../../core/course/course.ts'
import type { Html } from './html.ts'

/** The result of a view, without the layout. */
export interface Page {
  /** Only for `<title>`; `main` has its own heading. Never contains what a learner wrote. */
  readonly title: string
  /** Null if the course is unknown, such as on an error page. */
  readonly course: Course | null
  /** Whether a form has errors, in which case the title begins with it. */
  readonly isError: boolean
  /** Neutral title, name and icon. */
  readonly discreet: boolean
  readonly main: Html
  /** What is shown of a shared link to this page; null: nothing but its title. */
  readonly linkPreview: { readonly title: string; readonly description: string; readonly url: string } | null
  /** Additional scripts from public/. */
  readonly scripts: readonly string[]
  /** Where a form opens the library for this browser, on pages behind a lesson link; null: a link is enough. */
  readonly libraryForm: string | null
  /** Footer links before the common ones. */
  readonly footerLinks: readonly { readonly href: string; readonly label: string }[]
}

/** A page with defaults for the other properties. */
export function page(parts: Pick<Page, 'title' | 'main'> & Partial<Page>): Page {
  return {
    course: null,
    discreet: false,
    isError: false,
    linkPreview: null,
    scripts: [],
    libraryForm: null,
    footerLinks: [],
    ...parts,
  }
}
