import { type Request, type Response, Router } from 'express'
import { paths } from '../../core/paths.ts'
import { hasQuickExit } from '../page/quick-exit-site.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { privacyPage } from './privacy-view.ts'

/** GET /privacy: what is stored, for how long, and who has access. */
export function createPrivacy(site: Site): Router {
  const router = Router()
  router.get(paths.privacy(), (_request: Request, response: Response) => {
    const courses = site.ports.courses.all()
    const features = {
      quickExit: courses.some(hasQuickExit),
      questions: courses.some(({ questions }) => questions !== null),
      membersLibrary: courses.some(({ library }) => library === 'members'),
    }
    sendPage(site, response, 200, privacyPage(wordsOf(site), site.settings.privacy, features))
  })
  return router
}
