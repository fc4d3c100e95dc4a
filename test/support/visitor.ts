/** One browser without scripts. It keeps cookies and does not follow redirects. */
export interface Visitor {
  get(url: string): Promise<Answer>
  head(url: string): Promise<Answer>
  post(url: string, form?: Form): Promise<Answer>
  postJson(url: string, body: unknown): Promise<Answer>
  readonly cookies: ReadonlyMap<string, string>
}

export type Form = Readonly<Record<string, string | readonly string[]>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * `site` is the URL of the site; requests may use a path or a full URL. `client` is the visitor's IP address as
 * reported by a proxy.
 */
export function createVisitor(site: string, client?: string): Visitor {
  const cookies = new Map<string, string>()

  async function ask(
    method: string,
    url: string,
    body?: URLSearchParams | string,
    headers: Record<string, string> = {},
  ) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(url, site), {
      method,
      body: body ?? null,
      redirect: 'manual',
      headers: {
        Accept: 'text/html',
        ...headers,
        ...(cookie && { Cookie: cookie }),
        ...(client !== undefined && { 'X-Forwarded-For': client }),
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  return {
    cookies,
    get: (url) => ask('GET', url),
    head: (url) => ask('HEAD', url),
    post: (url, form = {}) => ask('POST', url, encode(form)),
    postJson: (url, body) =>
      ask('POST', url, JSON.stringify(body), { 'Content-Type': 'application/json', Accept: 'application/json' }),
  }
}

function encode(form: Form): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one)
  }
  return params
}
