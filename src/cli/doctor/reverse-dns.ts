import { isIP } from 'node:net'
import { type Finding, ok, problem, skipped } from '../../core/doctor/sender-records.ts'
import type { Check, DoctorDeps } from './deps.ts'
import { isPrivate } from './private-network.ts'

export const REVERSE_DNS_CHECK: Check = { name: 'ptr', run: async (deps) => [await reverse(deps)] }

/** Receivers ask for a name of the sending address that leads back to it (FCrDNS). */
async function reverse({ settings, dns, ip }: DoctorDeps): Promise<Finding> {
  const host = settings.smtp?.host ?? null
  const addresses = ip !== null ? [ip] : host === null ? [] : isIP(host) ? [host] : await dns.addresses(host)
  const open = addresses.filter((address) => !isPrivate(address))
  if (open.length === 0)
    return skipped(
      'The address that mail leaves from is not known here; give it with --ip, unless your relay takes care of it.',
    )
  for (const address of open) {
    const names = await dns.ptr(address)
    if (names.length === 0)
      return problem(`${address} has no name in reverse DNS.`, 'Have the owner of the address publish a PTR record.')
    const back = await Promise.all(names.map((name) => dns.addresses(name)))
    if (!back.flat().includes(address))
      return problem(
        `${names[0]}, the name of ${address}, does not resolve back to it.`,
        `Publish: ${names[0]} A ${address}`,
      )
  }
  return ok(`Reverse DNS of ${open.join(', ')} resolves in both directions.`)
}
