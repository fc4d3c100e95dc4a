import { deskPaths } from '../../core/desk/desk-paths.ts'
import { AppError } from '../../core/errors.ts'
import type { Ports } from '../ports/ports.ts'

/** An absolute address of the desk: its first page, the questions, or a sign-in link. Fails with `misconfigured` if there is no desk. */
export function deskUrlOf(
  { settings }: { readonly settings: Pick<Ports['settings'], 'deskUrl'> },
  page: 'today' | 'questions' | 'open' = 'today',
  token = '',
): string {
  if (settings.deskUrl === null)
    throw new AppError('misconfigured', 'DESK is off, so there is no desk. Set DESK=on, or leave DESK out.')
  return settings.deskUrl + (page === 'open' ? deskPaths.open(token) : deskPaths[page]())
}
