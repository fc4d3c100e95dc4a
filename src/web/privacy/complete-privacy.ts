import type { PrivacySettings } from '../page/site.ts'

const LEGAL_BASIS =
  'Your consent, which you gave when you signed up and confirmed it (GDPR, Article 6(1)(a); for what you write about your health or your private life, Article 9(2)(a)). You can take it back at any time: stop, or delete everything.'

/** What the privacy page says: the settings, and for those that are unset (null) what every email already says. */
export function completePrivacy(
  privacy: { readonly [Name in keyof PrivacySettings]: string | null },
  sender: { readonly mailFrom: { readonly name: string; readonly address: string }; readonly mailAddress: string },
): PrivacySettings {
  return {
    controller: privacy.controller ?? `${sender.mailFrom.name}\n${sender.mailAddress}`,
    contact: privacy.contact ?? sender.mailFrom.address,
    legalBasis: privacy.legalBasis ?? LEGAL_BASIS,
  }
}
