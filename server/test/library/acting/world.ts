import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { accounts, grants, members, namespaceRules, roles } from '../../../src/core/access/tables.ts'
import type { KeyScope } from '../../../src/domain/grant.ts'
import { permissions } from '../../../src/domain/permission.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import type { FlatArtifact, NewFlatArtifact } from '../../../src/library/flat-types.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { StoreBackend } from '../../../src/library/store-backend.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { type Column, isRobot, people } from '../../matrix/columns.ts'

export interface ActingWorld extends AsyncDisposable {
  readonly backend: Backend
  /** The operator's. */
  readonly registry: RegistryManager
  readonly store: Store
  as(column: Column): RegistryManager
  /** In `acme`, public and published, with a name of its own. */
  make(given?: Partial<NewFlatArtifact>): Promise<FlatArtifact>
}

export function principalOf(column: Column): Principal {
  if (column === 'anonymous') return { kind: 'anonymous' }
  if (!isRobot(column)) return { kind: 'user', name: column }
  const only = permissions.filter((permission) => column === `robot for ${permission}`)
  const scopes: KeyScope[] = [{ namespace: '*', kind: '*', name: '*', permissions: only }]
  const via = { kind: 'key', id: 'k1', ...(column !== 'robot' && { scopes }) } as const
  return { kind: 'robot', namespace: 'acme', name: 'ci', via }
}

/** A private namespace `acme` of an organisation, with the people of the matrix. */
export async function actingWorld(): Promise<ActingWorld> {
  let opened: Store | undefined
  const backend = new StoreBackend({
    jobs: false,
    store: async (schema) => {
      opened = await openMemoryStore(schema)
      await opened.commit(
        newBatchId(Date.now(), (length) => new Uint8Array(length)),
        peopleOfAcme(),
      )
      return opened
    },
  })
  unwrap(await backend.connect())
  const registry = new RegistryManager(backend)
  let made = 0
  return {
    backend,
    registry,
    get store() {
      if (opened === undefined) throw new Error('it is not open')
      return opened
    },
    as: (column) => registry.as(principalOf(column)),
    make: (given) =>
      registry.create({
        orgId: 'acme',
        slug: `drawing-${++made}`,
        name: `Drawing ${made}`,
        type: 'skill',
        sourceCode: '---\nname: drawing\ndescription: How to draw.\n---\nBegin.\n',
        tags: ['art'],
        skills: ['pencil'],
        published: true,
        ...given,
      }),
    [Symbol.asyncDispose]: async () => {
      unwrap(await backend.disconnect())
    },
  }
}

function peopleOfAcme(): Change[] {
  const at = 0
  const user = (name: string, state: 'active' | 'disabled' = 'active'): Change =>
    insert(accounts, {
      ...{ name, kind: 'user', title: '', email: '', emailVerifiedAt: 0, state },
      ...{ createdAt: at, createdBy: '', epoch: 0, keyEpoch: 0 },
    })
  const member = (name: string, membership: string): Change =>
    insert(members, { organisation: 'acme', user: name, membership, at })
  const grant = (to: string, role: string, namespace: string): Change =>
    insert(grants, { id: `g-${to}`, to, role, namespace, kind: '*', name: '*', by: '', at })
  return [
    ...people.map((name) => user(name)),
    user('gone', 'disabled'),
    member('reader', 'read'),
    member('writer', 'write'),
    member('admin', 'admin'),
    member('owner', 'owner'),
    member('gone', 'owner'),
    grant('user:administrator', 'admin', '*'),
    grant('robot:acme/ci', 'admin', '*'),
    insert(roles, { name: 'tagger', about: '', permissions: 'tags:move tags:delete' }),
    insert(namespaceRules, {
      ...{ namespace: 'acme', owner: 'organisation:acme', visibility: 'private' },
      ...{ allowPublicPublish: false, settings: '{}', createdAt: at },
    }),
  ]
}
