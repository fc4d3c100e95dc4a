import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import {
  confirmAddress,
  requestAddressChange,
  viewAddressLink,
  viewNewAddress,
} from '../../flow/learner/change-address.ts'
import { undoAddressChange, viewUndoAddress } from '../../flow/learner/undo-address-change.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { orLinkFirst } from '../security/or-link-first.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { checkEmail } from '../sign-up/check-email.ts'
import {
  addressChangedPage,
  addressSentPage,
  addressUndonePage,
  confirmAddressPage,
  newAddressPage,
  undoAddressPage,
} from './address-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * A change of address. In a fresh own session the learner types it; a link to the new address confirms it, and one to the
 * former address stops everything. GET shows, POST changes.
 */
export function createAddress(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  router.get('/l/:token/settings/address', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const session = readSession(request)
    await orLinkFirst(site, response, token, session, async () => {
      const view = await viewNewAddress(site.ports, token, session)
      sendPage(site, response, 200, newAddressPage(wordsOf(site, view.course), view, token, { email: '', faults: {} }))
    })
  })

  router.post(
    '/l/:token/settings/address',
    createRateLimit(site, 'links'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const typed = String((request.body as Record<string, unknown> | undefined)?.email ?? '')
      await orLinkFirst(site, response, token, session, async () => {
        const before = await viewNewAddress(site.ports, token, session)
        const words = wordsOf(site, before.course)
        try {
          const checked = checkEmail(typed)
          if ('say' in checked) throw new AppError('bad-input', checked.say, { fields: { email: checked.say } })
          const view = await requestAddressChange(site.ports, token, session, checked.address)
          sendPage(site, response, 200, addressSentPage(words, view, token))
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
          const faults = written(words, error.fields)
          sendPage(site, response, 400, newAddressPage(words, before, token, { email: typed, faults }))
        }
      })
    },
  )

  // Before the link to the new address, which has a path of the same form.
  router.get('/address/undo/:token', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewUndoAddress(site.ports, token)
    const words = wordsOf(site, view.course)
    sendPage(site, response, 200, view.isUndone ? addressUndonePage(words, view) : undoAddressPage(words, view, token))
  })

  router.post(
    '/address/undo/:token',
    createRateLimit(site, 'sessions'),
    async (request: TokenRequest, response: Response) => {
      const view = await undoAddressChange(site.ports, request.params.token)
      sendPage(site, response, 200, addressUndonePage(wordsOf(site, view.course), view))
    },
  )

  router.get('/address/:token', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewAddressLink(site.ports, token)
    sendPage(site, response, 200, confirmAddressPage(wordsOf(site, view.course), view, token))
  })

  router.post(
    '/address/:token',
    createRateLimit(site, 'sessions'),
    async (request: TokenRequest, response: Response) => {
      const view = await confirmAddress(site.ports, request.params.token)
      sendPage(site, response, 200, addressChangedPage(wordsOf(site, view.course), view))
    },
  )

  return router
}
