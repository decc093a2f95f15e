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
export type ArtifactKind = (typeof artifactKinds)[number]

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

export function isArtifactKind(text: string): text is ArtifactKind {
  return kinds.has(text)
}

export function isProtocolName(text: string): boolean {
  return protocols.has(text)
}

/** True for what can never be a namespace. */
export function isReservedName(text: string): boolean {
  return kinds.has(text) || protocols.has(text)
}
