import { createHash } from 'node:crypto'
import { openPasswords } from '../../src/adapters/identity/shared/open-passwords.ts'
import { passwords } from '../../src/core/access/tables.ts'
import { namespaces } from '../../src/core/content/tables.ts'
import { eachRow } from '../../src/core/ledger/each-row.ts'
import { auditEntries } from '../../src/core/ledger/tables.ts'
import { insert, patch } from '../../src/ports/store/change.ts'
import { callerOf } from '../core/kit.ts'
import { type Answer, ask } from './http-client.ts'
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from './test-registry.ts'

/** root may do everything; ada, bob and eve have accounts. All have the password `correct horse`. */
export interface PeopledRegistry extends TestRegistry {
  /** An empty `who` is nobody; one with a colon has a secret of their own. */
  api(who: string, line: string, body?: unknown): Promise<Answer>
  /** One small blob of a repository. Answers the status. */
  push(who: string, repository: string, text?: string): Promise<number>
  /** As if all that is in a namespace had been deleted and purged. */
  emptyOut(namespace: string): Promise<void>
  /** `by action target before > after` of each change since it was asked last, pushes of blobs left out. */
  done(): Promise<readonly string[]>
}

export async function startPeopled(options: TestRegistryOptions = {}): Promise<PeopledRegistry> {
  const registry = await startTestRegistry({ access: { read: [], write: [] }, ...options })
  const { core, registry: bound } = registry.composed
  const system = callerOf({ kind: 'system', name: 'test' })
  const hash = await openPasswords({ cost: { m: 64, t: 1, p: 1 } }).hash('correct horse')
  for (const name of ['root', 'ada', 'bob', 'eve']) {
    await bound.accounts.createUser(system, { name })
    await bound.accounts.setUserState(system, { name, state: 'active' })
    await core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(passwords, { user: name, hash, changedAt: 0 })],
    }))
  }
  const everywhere = { namespace: '*', kind: '*', name: '*' }
  await bound.accounts.giveGrant(system, { to: 'user:root', role: 'admin', ...everywhere })
  const told = new Set<string>()
  const done = async (): Promise<readonly string[]> => {
    const lines: string[] = []
    for await (const row of eachRow(core.store, auditEntries)) {
      if (row.outcome !== 'done' || row.action === 'blob.push' || told.has(row.id)) continue
      told.add(row.id)
      lines.push(`${row.by} ${row.action} ${row.target} ${row.before} > ${row.after} [${row.namespace}]`)
    }
    return lines
  }
  await done()
  const authOf = (who: string): { readonly auth?: string } =>
    who === '' ? {} : { auth: who.includes(':') ? who : `${who}:correct horse` }
  return {
    ...registry,
    done,
    push: async (who, repository, text = repository) => {
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
      const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`
      return (await ask(registry.url, { method: 'POST', path, body: text, ...authOf(who) })).status
    },
    emptyOut: async (namespace) => {
      await core.ledger.keep(async () => ({
        value: undefined,
        changes: [patch(namespaces, [namespace], { set: { bytes: 0, manifests: 0, repositories: 0 } })],
      }))
    },
    api: async (who, line, body) => {
      const [method = '', path = ''] = line.split(' ')
      return await ask(registry.url, {
        method,
        path: path.startsWith('/') ? path : `/api/v1/${path}`,
        ...authOf(who),
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        }),
      })
    },
  }
}
