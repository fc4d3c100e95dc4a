import { type Request, type Response, Router } from 'express'
import { paths } from '../../core/paths.ts'
import { sendPage } from './send-page.ts'
import { type Site, wordsOf } from './site.ts'
import { stylesPage } from './styles-view.ts'

/** GET /styles: every token and component, for those who write views. There is no such page in production. */
export function createStyles(site: Site): Router {
  const router = Router()
  if (!site.settings.showStyles) return router
  router.get(paths.styles(), (_request: Request, response: Response) =>
    sendPage(site, response, 200, stylesPage(wordsOf(site))),
  )
  return router
}
