import type { LoggedEvent } from '../core/events/event-bus.ts'
import type { EventKind } from '../core/ledger/ledger.ts'
import { artifactNameOf, kindOf, namespaceOf, type RepositoryName } from '../domain/repository-name.ts'
import { StoreError } from '../ports/store/errors.ts'
import type { Position } from '../ports/store/store.ts'
import type { ArtifactType } from './artifact-type.ts'
import type { Embedded } from './embedded.ts'
import { flatErrorOf } from './flat-errors.ts'
import { orgIdOf } from './flat-shape.ts'
import { invalid } from './read/given.ts'

/** What can happen to an artifact. A rollback and a withdrawal are updates. */
export const artifactEventKinds = [
  'artifact.created',
  'artifact.updated',
  'artifact.deleted',
  'artifact.restored',
  'artifact.purged',
  'artifact.starred',
  'artifact.unstarred',
  'version.published',
] as const
export const collectionEventKinds = [
  'collection.created',
  'collection.updated',
  'collection.deleted',
] as const

export type ArtifactEventKind = (typeof artifactEventKinds)[number]
export type CollectionEventKind = (typeof collectionEventKinds)[number]
export type RegistryEventKind = ArtifactEventKind | CollectionEventKind

/**
 * One change, in the order of their commits. `sequence` is its place among them: whoever keeps that of the last event which
 * was dealt with goes on behind it, in another process and after a restart too. It is a number written as text with the
 * stores of today, and the store's own word: to be kept as it is, and compared for equality alone.
 */
interface AnyEvent {
  readonly sequence: string
  readonly at: Date
  /** On whose behalf. */
  readonly by: string
}

export interface ArtifactEvent extends AnyEvent {
  readonly kind: ArtifactEventKind
  readonly artifactId: string
  readonly type: ArtifactType
  readonly orgId: string
  readonly slug: string
  /** The version that it is about; none where it is about all of them alike. */
  readonly version?: string
}

export interface CollectionEvent extends AnyEvent {
  readonly kind: CollectionEventKind
  readonly collectionId: string
}

export type RegistryEvent = ArtifactEvent | CollectionEvent

/** The events of a kind; `*`: of all. */
export type EventOf<K extends RegistryEventKind | '*'> = K extends '*'
  ? RegistryEvent
  : K extends CollectionEventKind
    ? CollectionEvent & { readonly kind: K }
    : ArtifactEvent & { readonly kind: K }

const artifactKinds: ReadonlySet<string> = new Set<EventKind>(artifactEventKinds)
const collectionKinds: ReadonlySet<string> = new Set<EventKind>(collectionEventKinds)

export function isEventKind(kind: unknown): kind is RegistryEventKind {
  return typeof kind === 'string' && (artifactKinds.has(kind) || collectionKinds.has(kind))
}

/**
 * Events behind a place, as they come; ends when the signal aborts.
 * @throws RegistryError VALIDATION: `from` is no place of this store; UNAVAILABLE
 */
export async function* readEvents(
  { events, artifacts, hears }: Pick<Embedded, 'events' | 'artifacts' | 'hears'>,
  from: Position | undefined,
  signal: AbortSignal,
): AsyncGenerator<RegistryEvent, void> {
  let isRead = false
  try {
    for await (const event of events.read(from, signal)) {
      isRead = true
      if (hears !== undefined && !(await hears(event))) continue
      const told = await toldEvent(artifacts, event)
      if (told !== undefined) yield told
    }
  } catch (error) {
    if (!isRead && from !== undefined && error instanceof StoreError && error.kind === 'permanent')
      throw invalid('from', 'it is no sequence number of this store', error)
    throw flatErrorOf(error)
  }
}

/** undefined: it is about a repository, and says nothing of artifacts that another event does not say. */
async function toldEvent(
  artifacts: Embedded['artifacts'],
  event: LoggedEvent,
): Promise<RegistryEvent | undefined> {
  const { kind, position, at, by, artifact: id } = event
  const any = { sequence: position, at: new Date(at), by }
  if (collectionKinds.has(kind)) return { ...any, kind: kind as CollectionEventKind, collectionId: id }
  if (!artifactKinds.has(kind)) return undefined
  return {
    ...any,
    kind: kind as ArtifactEventKind,
    artifactId: id,
    ...(await namesOf(artifacts, id, event.repository as RepositoryName)),
    ...(event.version !== '' && { version: event.version }),
  }
}

/** What was purged is named by where it stood: of what was pushed there under no kind, that says less than its row did. */
async function namesOf(
  artifacts: Embedded['artifacts'],
  id: string,
  repository: RepositoryName,
): Promise<Pick<ArtifactEvent, 'type' | 'orgId' | 'slug'>> {
  const [row] = await artifacts.readMany([id])
  return {
    type: row?.kind ?? kindOf(repository),
    orgId: orgIdOf(namespaceOf(repository)),
    slug: row?.slug ?? artifactNameOf(repository),
  }
}
