import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { editDistance, likelyDomain } from '../../../src/core/sign-up/likely-domain.ts'
import '../../support/property-seed.ts'
import { growth } from '../../support/time-growth.ts'

test.each([
  ['gmial.com', 'gmail.com'],
  ['gmai.com', 'gmail.com'],
  ['gnail.com', 'gmail.com'],
  ['gmail.con', 'gmail.com'],
  ['gmail.co', 'gmail.com'],
  ['gmail.cm', 'gmail.com'],
  ['gmail.comn', 'gmail.com'],
  ['gmial.con', 'gmail.com'],
  ['hotmial.com', 'hotmail.com'],
  ['hotmal.con', 'hotmail.com'],
  ['outlok.de', 'outlook.de'],
  ['outloook.com', 'outlook.com'],
  ['yahooo.com', 'yahoo.com'],
  ['yaho.com', 'yahoo.com'],
  ['iclould.com', 'icloud.com'],
  ['web.dee', 'web.de'],
  ['wbe.de', 'web.de'],
  ['gmx.ed', 'gmx.de'],
  ['tonline.de', 't-online.de'],
  ['t-online.d', 't-online.de'],
  ['protonmal.com', 'protonmail.com'],
  ['firm.con', 'firm.com'],
  ['mail.firm.cmo', 'mail.firm.com'],
  ['firm.ogr', 'firm.org'],
  ['firm.nett', 'firm.net'],
])('%s is asked about: %s?', (typed, meant) => {
  expect(likelyDomain(typed)).toBe(meant)
  expect(likelyDomain(meant)).toBeNull()
})

// Existing email domains, some of them one letter away from a larger one.
test.each(
  `gmail.com googlemail.com hotmail.de hotmail.se outlook.de live.nl live.se msn.com yahoo.co.uk yahoo.ie ymail.com icloud.com
   me.com mac.com aol.de gmx.de gmx.net gmx.at gmx.ch web.de t-online.de posteo.de mailbox.org proton.me protonmail.com pm.me
   fastmail.com fastmail.fm mail.com email.com mail.de mail.ru email.cz seznam.cz ukr.net libero.it orange.fr free.fr sfr.fr
   wanadoo.fr laposte.net bluewin.ch telenet.be ziggo.nl kpn.nl qq.com 163.com 126.com naver.com aon.com aon.at hey.com zoho.com
   tutanota.com tuta.io disroot.org riseup.net cam.ac.uk uni-wien.ac.at example.org example.test firm.co firm.cm firm.com
   xn--bcher-kva.example course.example abc.io web.com wab.de gmail.net foxmail.com online.de podcast.net horizon.net cloud.com
   never.com saver.com photon.me libera.it poster.de poste.net telnet.be postmail.com`.split(/\s+/),
)('%s is not', (domain) => expect(likelyDomain(domain)).toBeNull())

test('any suggestion is another, similar domain that is not questioned again', () => {
  const label = fc.stringMatching(/^[a-z0-9-]{0,12}$/)
  const near = fc
    .tuple(fc.constantFrom('gmail.com', 'gmx.de', 'hotmail.co.uk', 'web.de', 'proton.me'), fc.nat(12), label)
    .map(([domain, at, text]) => domain.slice(0, at) + text.slice(0, 2) + domain.slice(at + 1))
  const anything = fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.'))
  fc.assert(
    fc.property(fc.oneof(near, anything, fc.string()), (typed) => {
      const meant = likelyDomain(typed)
      if (meant === null) return
      expect(meant).not.toBe(typed)
      expect(editDistance(typed, meant)).toBeLessThanOrEqual(3)
      expect(likelyDomain(meant)).toBeNull()
    }),
  )
})

test('a domain of any length costs no more than a short one', async () => {
  const { ratio } = await growth(
    (domain) => {
      for (let round = 0; round < 20; round += 1) likelyDomain(domain)
    },
    (size) => 'a'.repeat(size),
    250_000,
  )
  expect(ratio).toBeLessThan(2)
})

test.each([
  ['', 'abc', 3],
  ['ca', 'ac', 1],
  ['kitten', 'sitting', 3],
  ['gmail', 'gmial', 1],
])('from %j to %j it is %d', (a, b, steps) => expect(editDistance(a, b)).toBe(steps))
