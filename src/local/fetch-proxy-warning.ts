const TIMEOUT_MS = 2_000

/** The proxy warning in /readyz of the site on this port; null if no such site answers. */
export async function fetchProxyWarning(port: number): Promise<{ readonly warning: string | null } | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { checks } = (await response.json()) as { checks: Record<string, { warning?: boolean; say?: unknown }> }
    if (typeof checks !== 'object' || checks.claims === undefined) return null
    return { warning: checks.proxy?.warning ? String(checks.proxy.say) : null }
  } catch {
    return null
  }
}
