import { Resolver } from 'node:dns/promises'
import { errorCode } from './error-code.ts'

const NO_RECORDS = ['ENOTFOUND', 'ENODATA']

/** Looks up records with the system's DNS; empty if the name has none. Rejects if DNS does not answer. */
export function createDns() {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  const found = async <T>(asking: Promise<T[]>): Promise<T[]> =>
    asking.catch((error: unknown) => {
      if (NO_RECORDS.includes(String(errorCode(error)))) return []
      throw error
    })
  return {
    txt: async (name: string) => (await found(resolver.resolveTxt(name))).map((strings) => strings.join('')),
    mx: async (name: string) => (await found(resolver.resolveMx(name))).map(({ exchange }) => exchange),
    addresses: async (name: string) => [
      ...(await found(resolver.resolve4(name))),
      ...(await found(resolver.resolve6(name))),
    ],
    ptr: (address: string) => found(resolver.reverse(address)),
  }
}

/** Looks up the records of any type, as node:dns gives them. Rejects with its code, such as ENOTFOUND. */
export function createRecordLookup(): (name: string, type: string) => Promise<unknown> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  return (name, type) => resolver.resolve(name, type)
}
