import type { Artifacts } from '../../boot/compose/artifacts.ts'
import type { Permission } from '../../domain/permission.ts'

/** Every operation on artifacts, those on collections behind `collections.`. */
export type Operation =
  | Exclude<keyof Artifacts, 'collections'>
  | `collections.${keyof Artifacts['collections'] & string}`

/**
 * What an operation takes, and of what. `new`: of the name that it makes. `artifact`: of the one that is named, which has to be
 * there for whoever asks. `deleted`: the same, also where it was deleted. `own star`: to see the artifact, and to be who the
 * star is of. `list`: nothing; what they may not read is not in it. `own collection`: to be its owner. `collection`: it is
 * public or unlisted, or their own. `answer`: nothing; it reads what the operation before it has answered.
 */
export type Right =
  | { readonly of: 'new' | 'artifact' | 'deleted'; readonly permission: Permission }
  | { readonly of: 'own star' | 'list' | 'own collection' | 'collection' | 'answer' }

const reading: Right = { of: 'artifact', permission: 'artifacts:read' }
const list: Right = { of: 'list' }

/** A first version, or a change, that is published at once takes `artifacts:publish` besides; another's `owner`, `settings:manage`. */
export const operationRights: { readonly [O in Operation]: Right } = {
  create: { of: 'new', permission: 'artifacts:create' },
  update: { of: 'artifact', permission: 'artifacts:update' },
  delete: { of: 'artifact', permission: 'artifacts:delete' },
  restore: { of: 'deleted', permission: 'artifacts:delete' },
  purge: { of: 'deleted', permission: 'artifacts:delete' },
  publish: { of: 'artifact', permission: 'artifacts:publish' },
  rollBack: { of: 'artifact', permission: 'tags:move' },
  withdraw: { of: 'artifact', permission: 'artifacts:publish' },
  read: reading,
  readBySlug: reading,
  versions: reading,
  version: reading,
  file: reading,
  diff: reading,
  changelog: reading,
  dependencies: reading,
  dependents: reading,
  related: reading,
  countUse: reading,
  star: { of: 'own star' },
  unstar: { of: 'own star' },
  readMany: list,
  placed: list,
  standing: list,
  shown: list,
  find: list,
  count: list,
  findEntries: list,
  countEntries: list,
  terms: list,
  trending: list,
  sources: { of: 'answer' },
  contents: { of: 'answer' },
  'collections.create': { of: 'own collection' },
  'collections.update': { of: 'own collection' },
  'collections.delete': { of: 'own collection' },
  'collections.read': { of: 'collection' },
  'collections.list': { of: 'collection' },
}
