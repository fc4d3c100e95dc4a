import { sendDeskPage } from './desk-page.ts'
import type { OperatorVisit } from './desk-visit.ts'
import { todayPage } from './today-view.ts'

/** What is going on now. */
export const today = {
  'get /desk': async (visit: OperatorVisit) => {
    const readiness = await visit.site.health.ready()
    sendDeskPage(visit, 200, todayPage(visit.words, readiness.checks))
  },
}
