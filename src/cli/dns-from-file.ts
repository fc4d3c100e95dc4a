import { isIP } from 'node:net'
import { parseZoneFile } from '../core/doctor/zone-file.ts'
import { AppError } from '../core/errors.ts'

/** What a name has; empty where it has nothing. Rejects where nobody can tell. */
export interface Dns {
  txt(name: string): Promise<string[]>
  mx(name: string): Promise<string[]>
  addresses(name: string): Promise<string[]>
  ptr(address: string): Promise<string[]>
}

/** A zone file in the place of DNS. Throws AppError 'bad-input' for one that cannot be read. */
export async function dnsFromFile(readText: (file: string) => Promise<string>, file: string): Promise<Dns> {
  const text = await readText(file).catch((cause: unknown) => {
    throw new AppError('bad-input', `Cannot read ${file}. Give the path of a zone file that this user may read.`, {
      cause,
    })
  })
  const { records, problems } = parseZoneFile(file, text)
  const [first] = problems
  if (first) throw new AppError('bad-input', `${first.file}:${first.line}: ${first.what} ${first.fix}`)
  const of = (name: string, ...types: string[]) =>
    records
      .filter((record) => record.name === name.toLowerCase() && types.includes(record.type))
      .map(({ value }) => value)
  return {
    txt: async (name) => of(name, 'TXT'),
    mx: async (name) => of(name, 'MX').map((value) => value.split(' ').at(-1) ?? ''),
    addresses: async (name) => of(name, 'A', 'AAAA'),
    ptr: async (address) => of(reverseName(address), 'PTR'),
  }
}

/** The name under which an address's PTR record stands (RFC 1035 section 3.5; RFC 3596 section 2.5). */
function reverseName(address: string): string {
  if (isIP(address) === 4) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  const digits = groups.map((group) => group.padStart(4, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}
