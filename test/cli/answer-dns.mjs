// Preloaded with --import: answers DNS queries from TEST_DNS, a JSON list of [name, type, value], without the network.
import { Resolver } from 'node:dns/promises'

const records = JSON.parse(process.env.TEST_DNS ?? '[]')
const find = (type, read) => async (name) => {
  const found = records.filter((record) => record[0] === name && record[1] === type).map((record) => read(record[2]))
  if (found.length === 0) throw Object.assign(new Error(`${type} ${name}`), { code: 'ENOTFOUND' })
  return found
}
Object.assign(Resolver.prototype, {
  resolveTxt: find('TXT', (value) => [value]),
  resolveMx: find('MX', (exchange) => ({ exchange, priority: 10 })),
  resolve4: find('A', (value) => value),
  resolve6: find('AAAA', (value) => value),
  reverse: find('PTR', (value) => value),
})
