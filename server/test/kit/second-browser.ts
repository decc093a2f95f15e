import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type Answer, ask } from './http-client.ts'
import type { TestRegistry } from './test-registry.ts'

/** What somebody does with a browser: it keeps cookies, and sends forms with the fields that their pages have. */
export class Browser {
  readonly cookies: Map<string, string> = new Map()
  readonly #registry: TestRegistry

  constructor(registry: TestRegistry) {
    this.#registry = registry
  }

  async get(path: string): Promise<Answer> {
    return await this.#ask({ method: 'GET', path })
  }

  /** With the `csrf` of the page that it was given, where none is said. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(fields).toString()
    return await this.#ask({ method: 'POST', path, body, headers: { ...type, ...headers } })
  }

  /** A form of the page at `from`. */
  async send(from: string, to: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return await this.post(to, { csrf: csrfIn(await this.get(from)), ...fields })
  }

  async login(name: string, password: string): Promise<Answer> {
    return await this.post('/login', { name, password })
  }

  async who(): Promise<string> {
    return (await this.get('/api/v1/me')).json().principal
  }

  async #ask(request: Parameters<typeof ask>[1]): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...request.headers, ...(cookie !== '' && { Cookie: cookie }) }
    const answer = await ask(this.#registry.url, { ...request, headers })
    for (const set of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }
}

export function csrfIn(answer: Answer): string {
  return /name="csrf" value="([^"]+)"/.exec(answer.text())?.[1] ?? ''
}

/** What a page tells the script to ask a browser for. */
// biome-ignore lint/suspicious/noExplicitAny: options are what a page says
export function optionsIn(answer: Answer): any {
  const told = /data-options="([^"]+)"/.exec(answer.text())?.[1]
  assert.ok(told !== undefined, answer.text())
  return JSON.parse(told.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'))
}

/** Codes of RFC 6238 as an app makes them, by nothing that the registry uses. @param secret base32, with blanks or without */
export function codeOf(secret: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replaceAll(' ', '')]
    .map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const hash = createHmac('sha1', key).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 0xf
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
