import { checkCourses, viewCourses } from '../../../flow/desk/view-courses.ts'
import { sendDeskPage } from '../desk-page.ts'
import type { OperatorVisit } from '../desk-visit.ts'
import { checkPage, coursesPage } from './courses-view.ts'

/** What is loaded, and the check of the files. Nothing is edited here. */
export const courses = {
  'get /desk/courses': (visit: OperatorVisit) =>
    sendDeskPage(visit, 200, coursesPage(visit.words, viewCourses(visit.site.ports))),

  /** A page of its own, because it takes a second or two. */
  'get /desk/courses/check': async (visit: OperatorVisit) =>
    sendDeskPage(visit, 200, checkPage(visit.words, await checkCourses(visit.site.ports))),
}
