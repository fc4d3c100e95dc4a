import PostalMime from 'postal-mime'
import { waitFor } from '../../support/wait-for.ts'
import type { Taken } from './test-relay.ts'

/** Signs up at one site and confirms at another, with the link of the email that arrives. Both are URLs. */
export async function signUpOverHttp(
  address: string,
  sites: { readonly signUp: string; readonly confirm: string },
  emails: { readonly to: (address: string) => readonly Taken[]; readonly limitMs: number },
): Promise<void> {
  await post(sites.signUp, '/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: 7 })
  await waitFor(() => emails.to(address).length > 0, `an email to ${address}`, emails.limitMs)
  const { text } = await PostalMime.parse(emails.to(address)[0]?.raw ?? '')
  await post(sites.confirm, /\/confirm\/[\w.~-]+/.exec(text ?? '')?.[0] ?? '', {})
}

async function post(site: string, path: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const { status } = await fetch(new URL(path, site), { method: 'POST', headers, body: JSON.stringify(body) })
  if (status !== 200) throw new Error(`${path.split('/')[1]} was answered with ${status}.`)
}
