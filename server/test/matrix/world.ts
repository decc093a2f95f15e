import { createHash } from 'node:crypto'
import { keys, passwords } from '../../src/core/access/tables.ts'
import type { Caller } from '../../src/core/ledger/caller.ts'
import type { Permission } from '../../src/domain/permission.ts'
import { insert, patch } from '../../src/ports/store/change.ts'
import { callerOf } from '../core/kit.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { type PeopledRegistry, startPeopled } from '../kit/peopled-registry.ts'
import { type Column, isRobot, type Person, people, robots } from './columns.ts'

/** Who they are here. */
export const names: { readonly [P in Person]: string } = {
  stranger: 'eve',
  reader: 'rae',
  writer: 'wes',
  admin: 'amy',
  owner: 'ada',
  administrator: 'root',
}

export const system: Caller = callerOf({ kind: 'system', name: 'test' })
export const as = (name: string): Caller => callerOf({ kind: 'user', name })
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
export const config = '{}'

/** The private namespace of the organisation `acme` with `acme/app:v1` in it, and everybody who may ask for something there. */
export interface MatrixWorld extends PeopledRegistry {
  /** As somebody. */
  request(column: Column, method: string, path: string, more?: Sent): Promise<Answer>
  /** One that nothing here is called by yet. */
  fresh(what: string): string
  /** An organisation of the same members as `acme`. */
  organisation(): Promise<string>
  /** Pushes a manifest as the owner; answers its digest. Those of different words differ. */
  image(repository: string, tag: string, words?: string): Promise<string>
  /** `bob`, as a member of `acme` who reads. */
  member(): Promise<string>
}

export interface Sent {
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export function manifestOf(words: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.example.v1+json', digest: digestOf(config), size: config.length },
    layers: [],
    annotations: { words },
  })
}

export async function startMatrixWorld(): Promise<MatrixWorld> {
  // Passkeys are of a place.
  const registry = await startPeopled({ publicUrl: 'https://registry.example' })
  const { core, registry: bound } = registry.composed
  const { accounts } = bound
  const hash = (await core.store.get(passwords, ['ada']))?.hash ?? ''
  for (const name of ['rae', 'wes', 'amy']) {
    await accounts.createUser(system, { name })
    await accounts.setUserState(system, { name, state: 'active' })
    const row = { user: name, hash, changedAt: 0 }
    await core.ledger.keep(async () => ({ value: undefined, changes: [insert(passwords, row)] }))
  }
  const organisation = async (name: string): Promise<string> => {
    await accounts.createOrganisation(as('ada'), { name })
    for (const [user, membership] of [
      ['amy', 'admin'],
      ['wes', 'write'],
      ['rae', 'read'],
    ] as const)
      await accounts.setMember(as('ada'), { organisation: name, user, membership })
    return name
  }
  await organisation('acme')
  // Somewhere anybody may read.
  await accounts.createNamespace(as('ada'), { namespace: 'open', owner: 'user:ada', visibility: 'public' })
  const robot = { kind: 'robot', namespace: 'acme', name: 'ci' } as const
  await accounts.createRobot(as('ada'), robot)
  const everywhere = { namespace: '*', kind: '*', name: '*' }
  await accounts.giveGrant(system, { to: 'robot:acme/ci', role: 'admin', ...everywhere })
  const shown = new Map<Column, string>(people.map((one) => [one, `${names[one]}:correct horse`]))
  for (const column of robots) {
    const permission = column.slice('robot for '.length) as Permission
    const scopes = column === 'robot' ? {} : { scopes: [{ permissions: [permission], ...everywhere }] }
    shown.set(
      column,
      `any:${(await accounts.makeKey(system, { owner: robot, label: column, ...scopes })).key}`,
    )
  }
  const ofAda = { owner: { kind: 'user', name: 'ada' } as const, label: 'one of ada' }
  const revoked = await accounts.makeKey(as('ada'), ofAda)
  await accounts.revokeKey(as('ada'), revoked.id)
  const expired = await accounts.makeKey(as('ada'), ofAda)
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [patch(keys, [expired.id], { set: { expiresAt: core.clock.now() - 1 } })],
  }))
  const elsewhere = await accounts.makeKey(as('ada'), { ...ofAda, from: ['192.0.2.0/24'] })
  for (const [column, { key }] of [
    ['revoked', revoked],
    ['expired', expired],
    ['wrong address', elsewhere],
  ] as const)
    shown.set(column, `any:${key}`)

  let made = 0
  const world: MatrixWorld = {
    ...registry,
    request: async (column, method, path, { body, headers } = {}) => {
      const auth = shown.get(column)
      return await ask(registry.url, {
        method,
        path,
        ...(auth !== undefined && { auth }),
        ...(body !== undefined && { body }),
        ...(headers !== undefined && { headers }),
      })
    },
    fresh: (what) => `${what}${++made}`,
    organisation: async () => await organisation(world.fresh('org')),
    image: async (repository, tag, words = repository) => {
      const body = manifestOf(words)
      const push = `/v2/${repository}/blobs/uploads/?digest=${digestOf(config)}`
      await expectDone(world.request('administrator', 'POST', push, { body: config }))
      const headers = { 'Content-Type': manifestType }
      await expectDone(
        world.request('administrator', 'PUT', `/v2/${repository}/manifests/${tag}`, { body, headers }),
      )
      return digestOf(body)
    },
    member: async () => {
      await accounts.setMember(as('ada'), { organisation: 'acme', user: 'bob', membership: 'read' })
      return 'bob'
    },
  }
  await world.image('acme/app', 'v1')
  return world
}

async function expectDone(asked: Promise<Answer>): Promise<void> {
  const answer = await asked
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text()}`)
}

/** Whose a column is, as principals are written. */
export function principalOf(column: Column): string {
  if (column === 'anonymous') return 'anonymous'
  return isRobot(column) ? 'robot:acme/ci' : `user:${names[column as Person] ?? 'ada'}`
}
