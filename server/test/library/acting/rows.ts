import type { Permission } from '../../../src/domain/permission.ts'
import type { FlatArtifact } from '../../../src/library/flat-types.ts'
import type { RegistryManager } from '../../../src/library/registry-manager.ts'
import { type Column, isRobot, may } from '../../matrix/columns.ts'

export type Outcome = 'done' | 'NOT_FOUND' | 'FORBIDDEN'

/** One way of calling an operation, on an artifact that was made for it. */
export interface Row {
  readonly expected: (column: Column) => Outcome
  /** What the operator does first. */
  readonly first?: (registry: RegistryManager, artifact: FlatArtifact) => Promise<unknown>
  /** `false`: it answered as if the artifact were not there. */
  readonly call: (registry: RegistryManager, artifact: FlatArtifact) => Promise<unknown>
}

const reads = (column: Column): boolean => may(column, ['artifacts:read'])

const reading = (column: Column): Outcome => (reads(column) ? 'done' : 'NOT_FOUND')
const changing =
  (permission: Permission) =>
  (column: Column): Outcome =>
    !reads(column) ? 'NOT_FOUND' : may(column, [permission]) ? 'done' : 'FORBIDDEN'
const starring = (column: Column): Outcome =>
  !reads(column) ? 'NOT_FOUND' : isRobot(column) ? 'FORBIDDEN' : 'done'
const holding = (column: Column): Outcome =>
  reads(column) && may(column, ['artifacts:delete']) ? 'done' : 'NOT_FOUND'

const has = (ids: readonly { readonly id: string }[], { id }: FlatArtifact): boolean =>
  ids.some((one) => one.id === id)
const source = 'Begin with a line.\n'

export const rows: Readonly<Record<string, Row>> = {
  read: { expected: reading, call: (registry, { id }) => registry.read(id) },
  readBySlug: { expected: reading, call: (registry, { slug }) => registry.readBySlug('acme', slug) },
  listVersions: { expected: reading, call: (registry, { id }) => registry.listVersions(id) },
  getVersion: { expected: reading, call: (registry, { id }) => registry.getVersion(id, '0.1.0') },
  diff: { expected: reading, call: (registry, { id }) => registry.diff(id, '0.1.0', '0.1.0') },
  changelog: { expected: reading, call: (registry, { id }) => registry.changelog(id, '0.1.0', '0.1.0') },
  dependencies: { expected: reading, call: (registry, { id }) => registry.dependencies(id) },
  dependents: { expected: reading, call: (registry, { id }) => registry.dependents(id) },
  getRelated: { expected: reading, call: (registry, { id }) => registry.getRelated(id) },
  incrementDownloads: { expected: reading, call: (registry, { id }) => registry.incrementDownloads(id) },
  incrementViews: { expected: reading, call: (registry, { id }) => registry.incrementViews(id) },
  update: {
    expected: changing('artifacts:update'),
    call: (registry, { id }) => registry.update(id, { version: '0.2.0', sourceCode: source }),
  },
  'update to published': {
    expected: (column) =>
      changing('artifacts:update')(column) === 'done'
        ? changing('artifacts:publish')(column)
        : changing('artifacts:update')(column),
    call: (registry, { id }) =>
      registry.update(id, { version: '0.2.0', sourceCode: source, published: true }),
  },
  'update of whose it is': {
    expected: (column) =>
      changing('artifacts:update')(column) === 'done'
        ? changing('settings:manage')(column)
        : changing('artifacts:update')(column),
    call: (registry, { id }) => registry.update(id, { ownerId: 'user:somebody' }),
  },
  publish: {
    expected: changing('artifacts:publish'),
    call: (registry, { id }) => registry.publish(id, '0.2.0'),
  },
  rollback: {
    expected: changing('tags:move'),
    first: (registry, { id }) => registry.publish(id, '0.2.0'),
    call: (registry, { id }) => registry.rollback(id, '0.1.0'),
  },
  deprecate: {
    expected: changing('artifacts:publish'),
    call: (registry, { id }) => registry.deprecate(id, '0.1.0', 'old'),
  },
  yank: {
    expected: changing('artifacts:publish'),
    call: (registry, { id }) => registry.yank(id, '0.1.0', 'bad'),
  },
  delete: { expected: changing('artifacts:delete'), call: (registry, { id }) => registry.delete(id) },
  purge: { expected: changing('artifacts:delete'), call: (registry, { id }) => registry.purge(id) },
  restore: {
    expected: holding,
    first: (registry, { id }) => registry.delete(id),
    call: (registry, { id }) => registry.restore(id),
  },
  'purge of what was deleted': {
    expected: holding,
    first: (registry, { id }) => registry.delete(id),
    call: (registry, { id }) => registry.purge(id),
  },
  create: {
    expected: (column) => (may(column, ['artifacts:create']) ? 'done' : 'FORBIDDEN'),
    call: (registry, { slug }) =>
      registry.create({
        orgId: 'acme',
        slug: `${slug}-new`,
        name: 'New',
        type: 'file',
        sourceCode: source,
      }),
  },
  find: {
    expected: reading,
    call: async (registry, artifact) =>
      has((await registry.find({ limit: 100, sort: { field: 'createdAt', order: 'desc' } })).items, artifact),
  },
  count: { expected: reading, call: async (registry) => (await registry.count()) > 0 },
  search: {
    expected: reading,
    call: async (registry, artifact) =>
      has(
        (await registry.search({ query: artifact.name })).map((hit) => hit.artifact),
        artifact,
      ),
  },
  searchPage: {
    expected: reading,
    call: async (registry, artifact) => (await registry.searchPage({ query: artifact.name })).total > 0,
  },
  suggest: {
    expected: reading,
    call: async (registry, artifact) => has(await registry.suggest(artifact.name), artifact),
  },
  getTags: { expected: reading, call: async (registry) => (await registry.getTags()).includes('art') },
  getSkills: { expected: reading, call: async (registry) => (await registry.getSkills()).includes('pencil') },
  getTrending: {
    expected: reading,
    first: (registry, { id }) => registry.star(id, 'operator'),
    call: async (registry, artifact) => has(await registry.getTrending(), artifact),
  },
}

export const starRows: Readonly<Record<string, Row['expected']>> = { star: starring, unstar: starring }
