import assert from 'node:assert/strict'
import { hashPassword } from '../../src/adapters/identity/shared/hash-password.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import type { Answer, Ask } from './http-client.ts'

/** Of everybody. */
export const password = 'seven green kettles'
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Cheap to verify: tests are not about the cost of guessing. */
const cost = { ln: 4, r: 8, p: 1 }

/** What reaches one process, or one thread of it. */
export type Send = (request: Omit<Ask, 'agent'>) => Promise<Answer>

/** Of a server whose administrator is `root`, and which lets everybody be refused as often as they like. */
export async function administratorSettings(): Promise<Readonly<Record<string, string>>> {
  return {
    LADING_ACCESS_ADMINISTRATOR: JSON.stringify({
      name: 'root',
      passwordHash: await hashPassword(password, cost),
    }),
    LADING_RATES_WRONG_PASSWORDS_FROM: 'off',
    LADING_RATES_WRONG_PASSWORDS_FOR: 'off',
  }
}

/** What people do at one place. Each call throws where it is refused. */
export class Actor {
  readonly send: Send

  constructor(send: Send) {
    this.send = send
  }

  /** As `PATCH users/bob`. */
  async api(who: string, line: string, body?: object): Promise<Answer> {
    const answer = await this.asked(who, line, body)
    assert.ok(answer.status < 300, `${who}, ${line}: ${answer.status} ${answer.text()}`)
    return answer
  }

  /** The same, whatever the answer is. */
  async asked(who: string, line: string, body?: object): Promise<Answer> {
    const [method = '', path = ''] = line.split(' ')
    const json = { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
    return await this.send({ method, path: `/api/v1/${path}`, ...(body && json), ...authOf(who) })
  }

  async form(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await this.send({ method: 'POST', path, ...formOf(fields) })
    assert.ok(answer.status < 400, `${path}: ${answer.status} ${answer.text()}`)
    return answer
  }

  /** An account with the password. */
  async person(name: string): Promise<void> {
    await this.#choosePassword((await this.api('root', 'POST users', { name })).json())
  }

  /** By a link, as who has forgotten theirs: it is the same one again, and all that rests upon the one before is over. */
  async setPasswordAnew(name: string): Promise<void> {
    await this.#choosePassword((await this.api('root', `POST users/${name}/link`)).json())
  }

  async #choosePassword({ path }: { readonly path: string }): Promise<void> {
    const token = new URLSearchParams(path.slice(path.indexOf('?'))).get('token') ?? ''
    await this.form('/password', { token, password })
  }

  /** What a browser sends from then on. */
  async login(name: string): Promise<{ readonly Cookie: string }> {
    const { headers } = await this.form('/login', { name, password })
    const set = headers['set-cookie']?.find((cookie) => cookie.startsWith('lading-session='))
    assert.ok(set !== undefined, 'nobody was logged in')
    return { Cookie: set.slice(0, set.indexOf(';')) }
  }

  /** @param auth `name:secret`; nobody where it is empty */
  async token(auth: string, scope: string): Promise<{ readonly Authorization: string }> {
    return bearer((await this.#askedForToken(auth, { scope })).json().token)
  }

  /** What docker keeps. `client` tells it from others. */
  async refreshToken(auth: string, client: string): Promise<string> {
    const asked = { offline_token: 'true', client_id: client }
    return (await this.#askedForToken(auth, asked)).json().refresh_token
  }

  async #askedForToken(auth: string, asked: Readonly<Record<string, string>>): Promise<Answer> {
    const path = `/token?${new URLSearchParams({ service: 'lading', ...asked })}`
    const answer = await this.send({ path, ...(auth !== '' && { auth }) })
    assert.equal(answer.status, 200, answer.text())
    return answer
  }

  /** An image of nothing but its configuration, under `v1`. */
  async pushImage(who: string, repository: string): Promise<void> {
    const config = Buffer.from('{}')
    await this.pushBlob(who, repository, config)
    const answer = await this.send({
      method: 'PUT',
      path: `/v2/${repository}/manifests/v1`,
      headers: { 'Content-Type': manifestType },
      body: manifestOf(config),
      ...authOf(who),
    })
    assert.equal(answer.status, 201, answer.text())
  }

  async pushBlob(who: string, repository: string, bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes)
    const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`
    const answer = await this.send({ method: 'POST', path, body: bytes, ...authOf(who) })
    assert.equal(answer.status, 201, answer.text())
    return digest
  }
}

export const bearer = (token: string): { readonly Authorization: string } => ({
  Authorization: `Bearer ${token}`,
})

export function formOf(fields: Readonly<Record<string, string>>): Pick<Ask, 'body' | 'headers'> {
  return {
    body: new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  }
}

/** Of nothing but a configuration. `about` tells it from others. */
export function manifestOf(config: Uint8Array, about = ''): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.example.v1+json', digest: digestOf(config), size: config.length },
    layers: [],
    annotations: { about },
  })
}

export const authOf = (who: string): { readonly auth: string } => ({ auth: `${who}:${password}` })
