/** Who may do what at the desk; each role includes those before it. What each page asks for is in web/desk/desk-access.ts. */
export const ROLES = ['author', 'operator', 'owner'] as const
export type Role = (typeof ROLES)[number]

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text)
}

/** Whether somebody with `role` may do what `needed` is asked for. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}
