import type { PrivacySettings } from '../page/site.ts'

/** What the privacy page says: the settings, and for those that are unset (null) what every email already says. */
export function completePrivacy(
  privacy: { readonly [Name in keyof PrivacySettings]: string | null },
  sender: { readonly mailFrom: { readonly name: string; readonly address: string }; readonly mailAddress: string },
): PrivacySettings {
  return {
    controller: privacy.controller ?? `${sender.mailFrom.name}\n${sender.mailAddress}`,
    contact: privacy.contact ?? sender.mailFrom.address,
    legalBasis: privacy.legalBasis,
  }
}
