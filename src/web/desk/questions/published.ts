import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { listPublished, removeKept } from '../../../flow/publication/list-published.ts'
import { sendDeskPage } from '../desk-page.ts'
import { fieldOf, type OperatorVisit } from '../desk-visit.ts'
import { publishedPage } from './published-view.ts'

/** What stands in the libraries of questions that learners asked. */
export const published = {
  'get /desk/published': async (visit: OperatorVisit) => {
    const { ports } = visit.site
    const entries = await listPublished(ports, visit.signedIn.operator.id)
    sendDeskPage(visit, 200, publishedPage(visit.words, entries, ports.settings.publicUrl))
  },

  'post /desk/published/remove': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    await removeKept(site.ports, { operatorId: signedIn.operator.id, id: fieldOf(visit, 'published') })
    response.redirect(303, deskPaths.published())
  },
}
