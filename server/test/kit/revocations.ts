import { type Actor, authOf, bearer, formOf, password } from './access-actor.ts'
import type { Ask } from './http-client.ts'

/** Something that is good, until it is taken away. */
export interface Standing {
  readonly use: Omit<Ask, 'agent'>
  /** What `use` is answered while it is good. */
  readonly good: number
  /** From the answer to `revoke` on. */
  readonly gone: number
  revoke(): Promise<unknown>
}

export interface Revocation {
  readonly what: string
  /** Where ada owns the organisation acme with the image acme/app:v1, and bob has an account. */
  arrange(actor: Actor): Promise<Standing>
}

let made = 0
const another = (name: string): string => `${name}-${++made}`

const pull = { path: '/v2/acme/app/manifests/v1' }
const push = { method: 'POST', path: '/v2/acme/app/blobs/uploads/', headers: { 'Content-Length': 0 } }
const reading = 'repository:acme/app:pull'
const asBob = authOf('bob')
const notIn = { good: 200, gone: 401 } as const
const notThere = { good: 200, gone: 404 } as const
const notAllowed = { good: 202, gone: 403 } as const

const ofBob = 'organisations/acme/members/bob'
/** bob has an account that is active, and no right. */
async function outsider(actor: Actor): Promise<void> {
  await actor.api('root', 'PATCH users/bob', { state: 'active' })
  // Where bob is no member, there is none to be taken away.
  await actor.asked('root', `DELETE ${ofBob}`)
  const { grants } = (await actor.api('root', 'GET grants?to=user:bob')).json()
  for (const { id } of grants) await actor.api('root', `DELETE grants/${id}`)
}

async function member(actor: Actor, role: string): Promise<void> {
  await outsider(actor)
  await actor.api('ada', `PUT ${ofBob}`, { role })
}

async function granted(actor: Actor, to: string, role: string): Promise<string> {
  const grant = await actor.api('root', 'POST grants', { to, role, namespace: 'acme' })
  return grant.json().id
}

interface Key {
  readonly id: string
  readonly key: string
}

async function ownKey(actor: Actor): Promise<Key> {
  return (await actor.api('ada', 'POST me/keys', { label: 'a test' })).json()
}

async function robotWithKey(actor: Actor): Promise<Key & { readonly path: string }> {
  const name = another('ci')
  const path = `namespaces/acme/robots/${name}`
  await actor.api('ada', 'POST namespaces/acme/robots', { name })
  await granted(actor, `robot:acme/${name}`, 'viewer')
  return { path, ...(await actor.api('ada', `POST ${path}/keys`, { label: 'a test' })).json() }
}

const logins: readonly Revocation[] = [
  {
    what: 'a session that was ended',
    arrange: async (actor) => {
      const headers = await actor.login('ada')
      const { sessions } = (await actor.send({ path: '/api/v1/me/sessions', headers })).json()
      const { id } = sessions.find(({ isThis }: { readonly isThis: boolean }) => isThis)
      const revoke = () => actor.api('ada', `DELETE me/sessions/${id}`)
      return { use: { path: '/api/v1/me/keys', headers }, ...notIn, revoke }
    },
  },
  {
    what: 'a session of a password that was set anew',
    arrange: async (actor) => {
      const use = { path: '/api/v1/me/keys', headers: await actor.login('ada') }
      return { use, ...notIn, revoke: () => actor.setPasswordAnew('ada') }
    },
  },
  {
    what: 'an access token whose sign-in was ended',
    arrange: async (actor) => {
      const { accessToken, family } = (await actor.api('ada', 'POST tokens', { label: 'a test' })).json()
      const revoke = () => actor.api('ada', `DELETE tokens/${family}`)
      return { use: { path: '/api/v1/me/keys', headers: bearer(accessToken) }, ...notIn, revoke }
    },
  },
  {
    what: 'an access token of a password that was set anew',
    arrange: async (actor) => {
      const headers = await actor.token(`ada:${password}`, reading)
      return { use: { ...pull, headers }, ...notIn, revoke: () => actor.setPasswordAnew('ada') }
    },
  },
  {
    what: 'a refresh token that was ended',
    arrange: async (actor) => {
      const client = another('client')
      const refresh = await actor.refreshToken(`ada:${password}`, client)
      const { families } = (await actor.api('ada', 'GET tokens')).json()
      const { id } = families.find(({ label }: { readonly label: string }) => label === client)
      const fields = { grant_type: 'refresh_token', refresh_token: refresh, service: 'lading' }
      const use = { method: 'POST', path: '/token', ...formOf(fields) }
      return { use, ...notIn, revoke: () => actor.api('ada', `DELETE tokens/${id}`) }
    },
  },
  {
    what: 'the password of an account that was disabled',
    arrange: async (actor) => {
      await outsider(actor)
      await granted(actor, 'user:bob', 'viewer')
      const revoke = () => actor.api('root', 'PATCH users/bob', { state: 'disabled' })
      return { use: { ...pull, ...asBob }, ...notIn, revoke }
    },
  },
]

const keys: readonly Revocation[] = [
  {
    what: 'a key that was revoked',
    arrange: async (actor) => {
      const { id, key } = await ownKey(actor)
      const revoke = () => actor.api('ada', `DELETE me/keys/${id}`)
      return { use: { ...pull, auth: `any:${key}` }, ...notIn, revoke }
    },
  },
  {
    what: 'an access token of a key that was revoked',
    arrange: async (actor) => {
      const { id, key } = await ownKey(actor)
      const headers = await actor.token(`any:${key}`, reading)
      return { use: { ...pull, headers }, ...notIn, revoke: () => actor.api('ada', `DELETE me/keys/${id}`) }
    },
  },
  {
    what: 'a key of an account that was disabled',
    arrange: async (actor) => {
      await outsider(actor)
      await granted(actor, 'user:bob', 'viewer')
      const { key } = (await actor.api('bob', 'POST me/keys', { label: 'a test' })).json()
      const revoke = () => actor.api('root', 'PATCH users/bob', { state: 'disabled' })
      return { use: { ...pull, auth: `any:${key}` }, ...notIn, revoke }
    },
  },
  {
    what: "a robot's key that was revoked",
    arrange: async (actor) => {
      const { path, id, key } = await robotWithKey(actor)
      const revoke = () => actor.api('ada', `DELETE ${path}/keys/${id}`)
      return { use: { ...pull, auth: `any:${key}` }, ...notIn, revoke }
    },
  },
  {
    what: 'the key of a robot that was disabled',
    arrange: async (actor) => {
      const { path, key } = await robotWithKey(actor)
      const revoke = () => actor.api('ada', `PATCH ${path}`, { disabled: true })
      return { use: { ...pull, auth: `any:${key}` }, ...notIn, revoke }
    },
  },
  {
    what: 'an access token of a robot that was deleted',
    arrange: async (actor) => {
      const { path, key } = await robotWithKey(actor)
      const headers = await actor.token(`any:${key}`, reading)
      return { use: { ...pull, headers }, ...notIn, revoke: () => actor.api('ada', `DELETE ${path}`) }
    },
  },
]

const rights: readonly Revocation[] = [
  {
    what: 'a membership that was taken away',
    arrange: async (actor) => {
      await member(actor, 'read')
      return { use: { ...pull, ...asBob }, ...notThere, revoke: () => actor.api('ada', `DELETE ${ofBob}`) }
    },
  },
  {
    what: 'a membership that was lowered',
    arrange: async (actor) => {
      await member(actor, 'write')
      const revoke = () => actor.api('ada', `PUT ${ofBob}`, { role: 'read' })
      return { use: { ...push, ...asBob }, ...notAllowed, revoke }
    },
  },
  {
    what: 'a membership that was taken away, by a token made before',
    arrange: async (actor) => {
      await member(actor, 'read')
      const headers = await actor.token(`bob:${password}`, reading)
      return { use: { ...pull, headers }, ...notThere, revoke: () => actor.api('ada', `DELETE ${ofBob}`) }
    },
  },
  {
    what: 'a place in a team that was taken away',
    arrange: async (actor) => {
      await member(actor, 'read')
      const name = another('team')
      const place = `organisations/acme/teams/${name}/members/bob`
      await actor.api('ada', 'POST organisations/acme/teams', { name })
      await actor.api('ada', `PUT ${place}`)
      await granted(actor, `team:acme/${name}`, 'writer')
      return { use: { ...push, ...asBob }, ...notAllowed, revoke: () => actor.api('ada', `DELETE ${place}`) }
    },
  },
  {
    what: 'a grant that was taken',
    arrange: async (actor) => {
      await outsider(actor)
      const grant = await granted(actor, 'user:bob', 'viewer')
      const revoke = () => actor.api('root', `DELETE grants/${grant}`)
      return { use: { ...pull, ...asBob }, ...notThere, revoke }
    },
  },
  {
    what: 'a right that a role had',
    arrange: async (actor) => {
      await outsider(actor)
      const role = another('reader')
      await actor.api('root', `PUT roles/${role}`, { permissions: ['artifacts:read'] })
      await granted(actor, 'user:bob', role)
      const revoke = () => actor.api('root', `PUT roles/${role}`, { permissions: ['artifacts:create'] })
      return { use: { ...pull, ...asBob }, ...notThere, revoke }
    },
  },
  {
    what: 'the visibility of a namespace',
    arrange: async (actor) => {
      await actor.api('ada', 'PATCH namespaces/acme', { visibility: 'public' })
      const revoke = () => actor.api('ada', 'PATCH namespaces/acme', { visibility: 'private' })
      return { use: pull, ...notIn, revoke }
    },
  },
]

export const revocations: readonly Revocation[] = [...logins, ...keys, ...rights]
