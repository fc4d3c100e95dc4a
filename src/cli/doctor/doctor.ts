import { isIP } from 'node:net'
import type { Finding } from '../../core/doctor/sender-records.ts'
import type { Check, DoctorDeps, Relay } from './deps.ts'
import { findingOfError } from './finding-of.ts'
import { MACHINE_CHECKS } from './machine.ts'
import { RELAY_CHECKS } from './relay.ts'
import { REPORT_CHECKS } from './reports.ts'
import { REVERSE_DNS_CHECK } from './reverse-dns.ts'
import { SENDER_CHECKS } from './sender.ts'
import { SITE_CHECKS } from './site.ts'

export const DOCTOR_USAGE = `npm run doctor                      checks the sending setup and says how to fix what is wrong
npm run doctor -- --ip <address>    checks the reverse DNS of the address that mail leaves from
npm run doctor -- --json            the same for scripts; exit status: 0 no problems, 1 warnings, 2 errors`

/** Every check, in the order in which they are printed. */
const CHECKS: readonly Check[] = [
  ...SENDER_CHECKS,
  ...REPORT_CHECKS,
  REVERSE_DNS_CHECK,
  ...RELAY_CHECKS,
  ...MACHINE_CHECKS,
  ...SITE_CHECKS,
]

type NamedFinding = Finding & { readonly name: string }

/** Read-only. Returns what to print and the exit status: 0, 1 with warnings, 2 with problems. */
export async function runDoctor(
  deps: Omit<DoctorDeps, 'ip'>,
  args: readonly string[],
): Promise<{ text: string; status: number }> {
  const options = readOptions(args)
  if (options === null) return { text: DOCTOR_USAGE, status: 2 }
  const given: DoctorDeps = { ...deps, probeRelay: once(deps.probeRelay), ip: options.ip }
  const findings: NamedFinding[] = []
  for (const { name, run } of CHECKS) {
    const found = await run(given).catch((error: unknown) => [findingOfError(error)])
    findings.push(...found.map((finding) => ({ name, ...finding })))
  }
  const has = (level: Finding['level']) => findings.some((finding) => finding.level === level)
  const status = has('problem') ? 2 : has('warning') ? 1 : 0
  return { text: options.json ? JSON.stringify({ status, checks: findings }, null, 2) : report(findings), status }
}

/** All checks share one connection to the relay. */
function once(probe: DoctorDeps['probeRelay']): DoctorDeps['probeRelay'] {
  let probing: Promise<Relay> | null = null
  return (server) => {
    probing ??= probe(server)
    return probing
  }
}

function readOptions(args: readonly string[]): { json: boolean; ip: string | null } | null {
  const options = { json: false, ip: null as string | null }
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift()
    const value = word === '--json' ? null : rest.shift()
    if (word === '--json') options.json = true
    else if (word === '--ip' && value && isIP(value) > 0) options.ip = value
    else return null
  }
  return options
}

function report(findings: readonly NamedFinding[]): string {
  const lines = findings.flatMap(({ name, level, message, fix }) => [
    `${level.padEnd(8)} ${name.padEnd(12)} ${message}`,
    ...(fix === '' ? [] : [`${' '.repeat(22)}${fix}`]),
  ])
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  return [
    ...lines,
    '',
    `${count('ok')} ok, ${count('warning')} warnings, ${count('problem')} problems, ${count('skipped')} skipped`,
  ].join('\n')
}
