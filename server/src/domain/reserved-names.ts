/** What can be registered. Each is reserved as a namespace, so that `<kind>/<namespace>/<name>` is never ambiguous. */
export const artifactKinds = [
  'persona',
  'team',
  'workflow',
  'skill',
  'type',
  'interface',
  'enum',
  'function',
  'module',
  'plugin',
  'service',
  'model',
  'dataset',
  'data',
  'infra',
  'security',
  'agent',
  'prompt',
  'template',
  'snapshot',
  'transformer',
  'wasm',
  'binary',
  'external',
  'package',
  'collection',
  'pack',
  'image',
  'chart',
] as const
/** A kind that somebody has added: see `reserveKinds`. */
export type AddedKind = string & { readonly brand: 'AddedKind' }
export type ArtifactKind = (typeof artifactKinds)[number] | AddedKind

/**
 * Kinds whose repositories are `<namespace>/<name>`: what OCI clients push where they name no kind. `image/acme/app` is read
 * as `acme/app`. `file` is not a prefix at all, and so a namespace may be called `file`, as it could be before there were
 * kinds of this name: `file/acme/app` is the name `acme/app` of that namespace.
 */
export const kindsWithoutPrefix: ReadonlySet<string> = new Set(['image', 'file'])

/** Doors that other clients come in by. Reserved as namespaces, because each may become a first segment of a URL. */
export const protocolNames = [
  'npm',
  'pypi',
  'go',
  'cargo',
  'hf',
  'lfs',
  'terraform',
  'mcp',
  'a2a',
  'api',
  'v2',
] as const

const kinds: ReadonlySet<string> = new Set(artifactKinds)
const protocols: ReadonlySet<string> = new Set(protocolNames)
/** How many registries of this process have each. */
const added = new Map<string, number>()

/**
 * From now on these are kinds too, in all of this process: paths are read without being told whose registry they are of.
 * So before a registry reads its first path, and not twice for one. What it answers with takes that back.
 */
export function reserveKinds(names: Iterable<string>): () => void {
  const own = new Set(names)
  for (const name of own) added.set(name, (added.get(name) ?? 0) + 1)
  return () => {
    for (const name of own) {
      const left = (added.get(name) ?? 0) - 1
      if (left > 0) added.set(name, left)
      else added.delete(name)
    }
    own.clear()
  }
}

export function isArtifactKind(text: string): text is ArtifactKind {
  return kinds.has(text) || added.has(text)
}

/** All that `isArtifactKind` says yes to. */
export function knownArtifactKinds(): readonly string[] {
  return [...artifactKinds, ...added.keys()]
}

export function isProtocolName(text: string): boolean {
  return protocols.has(text)
}

/** True for what can never be a namespace. */
export function isReservedName(text: string): boolean {
  return isArtifactKind(text) || protocols.has(text)
}
