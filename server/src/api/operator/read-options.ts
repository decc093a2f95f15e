import { isAbsolute } from 'node:path'
import type { OperationName, OptionsOf } from '../../boot/operator.ts'
import type { AuditQuery } from '../../core/audit/list-audit.ts'
import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import { parseTag, parseTagOrDigest, type Tag } from '../../domain/tag.ts'

type Members = Readonly<Record<string, unknown>>

/** The options of each sort of work, as they come in a body. */
const readers: { readonly [N in OperationName]: (members: Members) => OptionsOf<N> } = {
  gc: (members) => ({ dryRun: flag(members, 'dryRun') }),
  backup: (members) => ({ folder: pathOf(members, 'folder'), verify: flag(members, 'verify') }),
  copy: (members) => ({
    to: textOf(members, 'to'),
    moment: flag(members, 'moment'),
    keepOpen: flag(members, 'keepOpen'),
  }),
  export: (members) => ({
    repository: parseRepositoryName(textOf(members, 'repository')),
    references: textsOf(members, 'references').map(referenceOf),
    to: pathOf(members, 'to'),
  }),
  import: (members) => ({
    from: pathOf(members, 'from'),
    repository: parseRepositoryName(textOf(members, 'repository')),
    ...(members['tag'] === undefined ? {} : { tag: parseTag(textOf(members, 'tag')) }),
  }),
  seed: (members) => ({
    artifacts: numberOf(members, 'artifacts'),
    seed: numberOf(members, 'seed'),
    kinds: textsOf(members, 'kinds'),
  }),
  reindex: (members) => ({
    compare: flag(members, 'compare'),
    ...(members['engine'] === undefined ? {} : { engine: textOf(members, 'engine') }),
  }),
  verifyAudit: (members) => {
    const { expect } = members
    if (expect === undefined) return {}
    if (typeof expect !== 'object' || expect === null) throw invalid('expect', 'it is no JSON object')
    const given = expect as Members
    return { expect: { seq: numberOf(given, 'seq'), hash: textOf(given, 'hash') } }
  },
  scrub: (members) => ({ readContent: flag(members, 'readContent') }),
}

/** @throws RegistryError `parameter-invalid` */
export function readAuditQuery(members: Members): AuditQuery {
  const texts = ['actor', 'namespace', 'artifact', 'action', 'after'] as const
  const given = texts.filter((name) => members[name] !== undefined)
  const times = (['from', 'to'] as const).filter((name) => members[name] !== undefined)
  const { outcome } = members
  if (outcome !== undefined && outcome !== 'done' && outcome !== 'refused')
    throw invalid('outcome', 'it is neither done nor refused')
  return {
    ...Object.fromEntries(given.map((name) => [name, textOf(members, name)])),
    ...Object.fromEntries(times.map((name) => [name, numberOf(members, name)])),
    ...(outcome !== undefined && { outcome }),
    oldestFirst: members['oldestFirst'] === true,
    limit: numberOf(members, 'limit'),
  }
}

export const operationNames: readonly OperationName[] = Object.keys(readers) as OperationName[]

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(readers, name)
}

/** @throws RegistryError `parameter-invalid` */
export function readOptions<N extends OperationName>(name: N, body: Uint8Array): OptionsOf<N> {
  return readers[name](membersOf(body))
}

/** @throws RegistryError `parameter-invalid` */
export function membersOf(body: Uint8Array): Members {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  } catch {
    // Told below, as is JSON that is no object.
  }
  throw invalid('body', 'it is no JSON object')
}

/** @throws RegistryError `parameter-invalid` */
export function flag(members: Members, name: string): boolean {
  const value = members[name]
  if (typeof value !== 'boolean') throw invalid(name, 'it wants true or false')
  return value
}

/** @throws RegistryError `parameter-invalid` */
export function numberOf(members: Members, name: string): number {
  const value = members[name]
  if (typeof value === 'number') return value
  throw invalid(name, 'it wants a number')
}

/** @throws RegistryError `parameter-invalid` */
export function textOf(members: Members, name: string): string {
  const value = members[name]
  if (typeof value === 'string') return value
  throw invalid(name, 'it wants a text')
}

function referenceOf(given: string): Tag | Digest {
  const read = parseTagOrDigest(given)
  return read.kind === 'tag' ? read.tag : read.digest
}

/** Absolute: who asks has another working folder. */
function pathOf(members: Members, name: string): string {
  const value = textOf(members, name)
  if (value.includes('\0')) throw invalid(name, 'no path has a NUL in it')
  if (isAbsolute(value)) return value
  throw invalid(name, 'it wants an absolute path')
}

/** @throws RegistryError `parameter-invalid` */
export function textsOf(members: Members, name: string): readonly string[] {
  const value = members[name]
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value
  throw invalid(name, 'it wants a list of texts')
}

export function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
