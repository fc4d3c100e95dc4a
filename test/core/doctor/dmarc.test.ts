import { describe, expect, test } from '@jest/globals'
import { checkDmarc, findDmarc, isAligned } from '../../../src/core/doctor/dmarc.ts'

/** DNS with these DMARC records, by domain; `asked` collects the queries. */
function dns(records: Readonly<Record<string, string | readonly string[]>>, asked: string[] = []) {
  return async (name: string) => {
    asked.push(name)
    return [records[name.replace(/^_dmarc\./, '')] ?? []].flat()
  }
}

const P = 'v=DMARC1; p=reject; rua=mailto:a@course.test'

describe('the tree walk', () => {
  test('asks the name, then each one above it, to the top', async () => {
    const asked: string[] = []
    await findDmarc('a.b.course.test', dns({}, asked))
    expect(asked).toEqual(['_dmarc.a.b.course.test', '_dmarc.b.course.test', '_dmarc.course.test', '_dmarc.test'])
  })

  test('asks eight times at most, however long the name', async () => {
    const asked: string[] = []
    await findDmarc('a.b.c.d.e.f.g.h.i.j.mail.course.test', dns({}, asked))
    expect(asked).toEqual([
      '_dmarc.a.b.c.d.e.f.g.h.i.j.mail.course.test',
      '_dmarc.g.h.i.j.mail.course.test',
      '_dmarc.h.i.j.mail.course.test',
      '_dmarc.i.j.mail.course.test',
      '_dmarc.j.mail.course.test',
      '_dmarc.mail.course.test',
      '_dmarc.course.test',
      '_dmarc.test',
    ])
  })

  test.each<[string, string, Readonly<Record<string, string | readonly string[]>>, string, string | null]>([
    ['no record: the name itself', 'a.course.test', {}, 'a.course.test', null],
    ['a record above', 'a.course.test', { 'course.test': P }, 'course.test', 'course.test'],
    [
      'its own record and one above',
      'a.course.test',
      { 'a.course.test': P, 'course.test': P },
      'course.test',
      'a.course.test',
    ],
    ['the highest record', 'a.b.course.test', { 'b.course.test': P, 'course.test': P }, 'course.test', 'course.test'],
    [
      'psd=n is where it ends',
      'a.b.course.test',
      { 'b.course.test': `${P}; psd=n`, 'course.test': P },
      'b.course.test',
      'b.course.test',
    ],
    [
      'psd=n at the name itself',
      'a.course.test',
      { 'a.course.test': `${P}; psd=n`, 'course.test': P },
      'a.course.test',
      'a.course.test',
    ],
    ['psd=y: one below it', 'a.course.co.test', { 'co.test': `${P}; psd=y` }, 'course.co.test', 'co.test'],
    [
      'psd=y above a record',
      'a.course.co.test',
      { 'course.co.test': P, 'co.test': `${P}; psd=y` },
      'course.co.test',
      'course.co.test',
    ],
    [
      'psd=u is as if it were not there',
      'a.course.test',
      { 'course.test': `${P}; psd=u` },
      'course.test',
      'course.test',
    ],
    ['two records count as none', 'a.course.test', { 'course.test': [P, P] }, 'a.course.test', null],
    [
      'what is no DMARC record is passed over',
      'a.course.test',
      { 'course.test': ['v=spf1 -all', P] },
      'course.test',
      'course.test',
    ],
    ['capitals are the same name', 'A.Course.TEST', { 'course.test': P }, 'course.test', 'course.test'],
  ])('%s', async (_, domain, records, organizational, policy) => {
    const found = await findDmarc(domain, dns(records))
    expect({ organizational: found.organizational, policy: found.policy?.domain ?? null }).toEqual({
      organizational,
      policy,
    })
  })
})

describe('alignment', () => {
  test.each<[string, string, boolean, Readonly<Record<string, string>>, boolean]>([
    ['course.test', 'course.test', true, {}, true],
    ['course.test', 'bounces.course.test', false, { 'course.test': P }, true],
    ['course.test', 'bounces.course.test', true, { 'course.test': P }, false],
    ['a.course.test', 'b.course.test', false, { 'course.test': P }, true],
    ['course.test', 'relay.test', false, { 'course.test': P, 'relay.test': P }, false],
    // Without a record above it, each name is its own organization.
    ['a.course.test', 'course.test', false, {}, false],
    ['one.co.test', 'two.co.test', false, { 'co.test': `${P}; psd=y` }, false],
    ['a.one.co.test', 'b.one.co.test', false, { 'co.test': `${P}; psd=y` }, true],
    ['a.course.test', 'course.test', false, { 'a.course.test': `${P}; psd=n`, 'course.test': P }, false],
  ])('%s and %s, strict %s', async (one, other, strict, records, aligned) => {
    expect(await isAligned(one, other, strict, dns(records))).toBe(aligned)
  })
})

describe('the finding for a record', () => {
  const findingFor = async (record: string | readonly string[], domain = 'course.test', exists = true) =>
    checkDmarc(domain, await findDmarc(domain, dns({ 'course.test': record })), exists)

  test.each<[string, 'ok' | 'warning' | 'problem', RegExp, RegExp]>([
    [P, 'ok', /is p=reject, with reports/, /^$/],
    [`${P}; np=reject; psd=n; t=n`, 'ok', /is p=reject/, /^$/],
    [`${P}; fo=1; unknown=1`, 'ok', /is p=reject/, /^$/],
    [`${P}; t=y`, 'warning', /tried out \(t=y\).*milder/, /Take t=y out/],
    [`${P}; pct=50`, 'warning', /pct= was removed in RFC 9989/, /Remove it; .*t=y/],
    [`${P}; rf=afrf; ri=86400`, 'warning', /rf=, ri= were removed in RFC 9989/, /Remove them\.$/],
    [`${P}; psd=y`, 'warning', /others register names/, /psd=n/],
    [`${P}; psd=maybe`, 'warning', /psd= is not known/, /psd=n/],
    [`${P}; t=perhaps`, 'warning', /t= is not known/, /t=y or t=n/],
    ['v=DMARC1; p=none', 'warning', /not reported to anybody/, /rua=/],
    [`${P}; np=maybe`, 'problem', /np= that is not known/, /np=none/],
    ['v=DMARC1; p=all; rua=mailto:a@b.test', 'problem', /p= that is not known/, /p=none/],
    ['v=DMARC1; rua=mailto:a@b.test', 'problem', /no policy/, /p=none/],
  ])('%s', async (record, level, words, fix) => {
    const finding = await findingFor(record)
    expect(finding).toMatchObject({ level, message: expect.stringMatching(words), fix: expect.stringMatching(fix) })
  })

  test('several records, and none', async () => {
    expect(await findingFor([P, P])).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('2 DMARC records'),
    })
    expect(await findingFor([])).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('no DMARC record'),
    })
  })

  test('a subdomain has sp, one that does not exist has np, and each falls back', async () => {
    const all = 'v=DMARC1; p=reject; sp=quarantine; np=none; rua=mailto:a@b.test'
    expect((await findingFor(all, 'news.course.test')).message).toContain('is sp=quarantine, from course.test')
    expect(await findingFor(all, 'news.course.test', false)).toMatchObject({
      level: 'warning',
      message: expect.stringMatching(/is np=none, from course\.test\. DNS knows no news\.course\.test/),
    })
    expect((await findingFor(P, 'news.course.test', false)).message).toContain('is p=reject, from course.test')
  })
})
