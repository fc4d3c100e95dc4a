const TIMEOUT_MS = 5_000

/** What answers at this address of the desk: its own page, another one, or nothing, with the reason. */
export async function fetchDesk(
  href: string,
): Promise<
  | { readonly kind: 'desk' }
  | { readonly kind: 'other'; readonly status: number }
  | { readonly kind: 'none'; readonly reason: string }
> {
  try {
    const response = await fetch(href, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const isDesk = response.status === 200 && (await response.text()).includes('<body class="desk">')
    return isDesk ? { kind: 'desk' } : { kind: 'other', status: response.status }
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } }
    return { kind: 'none', reason: String(cause?.code ?? (error as Error).name) }
  }
}
