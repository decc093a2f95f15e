/** A user agent without script: it keeps cookies by host and port, follows redirects when told to, and sends forms. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()

  async get(url: string): Promise<Response> {
    return await this.#send(url, { method: 'GET' })
  }

  async post(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return await this.#send(url, { method: 'POST', body: new URLSearchParams(fields) })
  }

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name)
  }

  setCookie(url: string, name: string, value: string): void {
    this.#jar(url).set(name, value)
  }

  /** Goes on while it is sent elsewhere, and stops where `until` says so: before that address is asked for. */
  async follow(from: Response, until: (url: URL) => boolean = () => false): Promise<Followed> {
    let answer = from
    let url = answer.headers.get('x-asked') ?? ''
    for (let step = 0; step < 20; step++) {
      const location = answer.headers.get('location')
      if (location === null) return { url, answer }
      const next = new URL(location, url)
      if (until(next)) return { url: next.href, answer }
      await answer.body?.cancel()
      answer = await this.get(next.href)
      url = next.href
    }
    throw new Error('it is sent around without end')
  }

  #jar(url: string): Map<string, string> {
    const { host } = new URL(url)
    const jar = this.#cookies.get(host) ?? new Map<string, string>()
    this.#cookies.set(host, jar)
    return jar
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const jar = this.#jar(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { 'Accept-Language': 'en', ...(cookie !== '' && { Cookie: cookie }) },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/;\s*max-age=0\b|;\s*expires=Thu, 01 Jan 1970/i.test(line) || value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const headers = new Headers(answer.headers)
    headers.set('x-asked', url)
    return new Response(answer.body, { status: answer.status, headers })
  }
}

export interface Followed {
  readonly url: string
  readonly answer: Response
}
