import { AsyncLocalStorage } from 'node:async_hooks'
import type { VersionDiff } from '../core/artifacts/diff-versions.ts'
import type { Walked } from '../core/artifacts/walk.ts'
import type { Principal } from '../domain/principal.ts'
import { maxTagLength } from '../domain/tag.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import { actingFace } from './acting/acting-face.ts'
import type { Backend, Page } from './backend-types.ts'
import { type Embedded, type EmbeddedBackend, embedded, embeddedBackend } from './embedded.ts'
import { ConflictError } from './errors.ts'
import { countFlat, findFlat } from './find-flat.ts'
import { limitIn, numberIn, readCounted, readQuery } from './find-flat-query.ts'
import { flatErrorOf } from './flat-errors.ts'
import { namespaceIn } from './flat-given.ts'
import type {
  CountedName,
  Filter,
  FlatArtifact,
  FlatChanges,
  FlatVersion,
  NewFlatArtifact,
  Query,
} from './flat-types.ts'
import { guarded } from './guarded.ts'
import { flagIn, functionIn, invalid, looking, membersOf, textIn } from './read/given.ts'
import { cacheIn, searchEngineIn } from './read/part-in.ts'
import { idIn } from './read/read-artifact.ts'
import { principalIn } from './read/read-principal.ts'
import { ManagerCache } from './registry-cache.ts'
import { Collections } from './registry-collections.ts'
import { isEventKind, type RegistryEvent, type RegistryEventKind } from './registry-events.ts'
import { iterateEvents } from './registry-events-iterator.ts'
import { type Listener, type OnError, RegistryListeners } from './registry-events-listeners.ts'
import { ManagerReads } from './registry-reads.ts'
import { ManagerSearch } from './registry-search.ts'
import { flatVersionOf, flatVersions } from './registry-versions.ts'
import {
  createFlat,
  publishFlat,
  restoreFlat,
  rollBackFlat,
  updateFlat,
  withdrawFlat,
} from './registry-writes.ts'
import { type SearchBounds, searchBoundsIn } from './search/search-bounds.ts'
import type {
  SearchHit,
  SearchPage,
  SearchPageQuery,
  SearchQuery,
  SearchSuggestion,
} from './search/search-types.ts'
import { type MostDownloaded, type Warmed, warmReads } from './warm-reads.ts'
import { warnOf } from './warn-of.ts'

export interface RegistryManagerOptions {
  /**
   * Told of what listeners throw, and of a log that cannot be read for them: it is read again. Where nobody is named it is a
   * warning of the process.
   */
  readonly onError?: OnError
  /** How long what belongs to searching may take. */
  readonly search?: Partial<SearchBounds>
  /** Who it acts for: see `RegistryManager.as`. The operator, who may do everything, where nobody is named. */
  readonly principal?: Principal
}

/** How many names there may be for `getTags` and `getSkills` where no limit is given. */
const usualNames = 1_000
const usualTrending = 10

/**
 * Artifacts as one level of fields, on a backend that somebody else connects and disconnects. Everything throws a
 * RegistryError: NotFoundError where there is no such artifact or version, or not any more; ValidationError, with the field,
 * for what cannot be taken; UnavailableError while the backend is not connected. In a transaction of the backend everything
 * is part of it.
 */
export class RegistryManager {
  /** Artifacts that somebody has put together. */
  readonly collections: Collections
  readonly #backend: EmbeddedBackend
  readonly #cache: ManagerCache
  readonly #reads: ManagerReads
  readonly #search: ManagerSearch
  readonly #listeners: RegistryListeners
  readonly #reach: () => Embedded
  readonly #principal: Principal | undefined
  readonly #given: Given

  /**
   * @param backend one of Lading's own
   * @param cache remembers what is read again and again; no answer is older than a change that somebody was told is done
   * @param searchEngine finds by words, and follows this registry from the first search on; it is another's to close. Where
   *   none is given the backend's own does, or one in memory
   * @throws ValidationError
   */
  constructor(
    backend: Backend,
    cache?: Cache,
    searchEngine?: SearchEngine,
    options: RegistryManagerOptions = {},
  ) {
    this.#backend = embeddedBackend(backend)
    const engine = searchEngine === undefined ? undefined : searchEngineIn(searchEngine)
    const { onError, search, principal } = membersOf(options, { field: '', as: 'options' }, [
      'onError',
      'search',
      'principal',
    ])
    this.#principal = principal === undefined ? undefined : principalIn(principal)
    this.#given = { backend, cache, searchEngine, options }
    this.#search = new ManagerSearch(engine, searchBoundsIn(search))
    this.#cache = new ManagerCache(cache === undefined ? undefined : cacheIn(cache))
    this.#reads = new ManagerReads(this.#cache)
    this.collections = new Collections((work) => this.#run(work))
    // Whoever listens hears of what is committed, whatever transaction it was in when it began to.
    const outside = AsyncLocalStorage.snapshot()
    this.#reach = () => outside(() => this.#face())
    this.#listeners = new RegistryListeners(
      this.#reach,
      onError === undefined ? warnOf : functionIn(onError, 'onError'),
    )
  }

  /**
   * The same registry, acting for somebody: it does what their rights let them, by the records and the backend's
   * `access`, and throws ForbiddenError for the rest. What they may not read is as if it were not there. Who they are is for
   * whoever calls this to have found out. Nothing of it comes out of the cache.
   * @throws ValidationError
   */
  as(principal: Principal): RegistryManager {
    const { backend, cache, searchEngine, options } = this.#given
    return new RegistryManager(backend, cache, searchEngine, { ...options, principal })
  }

  /** With its first version, a draft unless `published`. @throws DuplicateError: `orgId` has one of that slug */
  async create(artifact: NewFlatArtifact): Promise<FlatArtifact> {
    return await this.#run((face) => createFlat(face, artifact))
  }

  /** At the version that it stands at. */
  async read(id: string): Promise<FlatArtifact> {
    return await this.#of(id, (face, known) => this.#reads.byId(face, known))
  }

  /** @param orgId empty for those of nobody */
  async readBySlug(orgId: string, slug: string): Promise<FlatArtifact>
  async readBySlug(orgId: string, slug: string, version: string): Promise<FlatVersion>
  async readBySlug(orgId: string, slug: string, version?: string): Promise<FlatArtifact> {
    return await this.#run(async (face) => {
      const namespace = namespaceIn(orgId, face.limits)
      const id = await this.#reads.bySlug(face, namespace, textIn(slug, 'slug', face.limits.titleLength))
      if (version === undefined) return await this.#reads.byId(face, id)
      return await flatVersionOf(face, id, textIn(version, 'version', maxTagLength))
    })
  }

  /**
   * Changes the draft that it stands at, or, with a version that is not there yet, makes that of it. What an artifact says of
   * itself can always change. Answers with the version that was changed.
   * @throws ConflictError: other source, or another AST, for a version that is published; or somebody else has changed the
   *   artifact since this began, in which case nothing was changed and it can be called again
   */
  async update(id: string, changes: FlatChanges): Promise<FlatArtifact> {
    return await this.#of(id, (face, known) => updateFlat(face, known, changes))
  }

  /** From every list, and from `read`; its slug stays taken. `restore` takes this back. */
  async delete(id: string): Promise<void> {
    await this.#of(id, ({ artifacts, caller }, known) => artifacts.delete(caller, known))
  }

  /** What was deleted is there again; what was not stays as it is. */
  async restore(id: string): Promise<FlatArtifact> {
    return await this.#of(id, restoreFlat)
  }

  /** For ever, with all of its versions, deleted before or not. Its slug is free. */
  async purge(id: string): Promise<void> {
    await this.#of(id, ({ artifacts, caller }, known) => artifacts.purge(caller, known))
  }

  /**
   * Artifacts with their versions, one entry for each, in pages: to leaf through all of them give `next` as `after`. While
   * nothing changes, none is there twice or missing.
   * @throws TimeoutError: no index narrows it down, and looking took longer than `limits.scanTime`
   */
  async find(query?: Query): Promise<Page<FlatArtifact>> {
    return await this.#reached(async (reached) => {
      const asked = readQuery(query, reached.limits)
      return await this.#askingIf(asked.text, reached, (face) => findFlat(face, this.#search, asked))
    })
  }

  /** How many entries `find` has on all of its pages. @throws TimeoutError */
  async count(query?: Filter): Promise<number> {
    return await this.#reached(async (reached) => {
      const asked = readCounted(query, reached.limits)
      return await this.#askingIf(asked.text, reached, (face) => countFlat(face, this.#search, asked))
    })
  }

  /**
   * What fits best first. Whoever embeds the registry sees all of it, drafts too. What was committed before is found; of a
   * transaction nothing is, until it is committed. Downloads and views count a few seconds later.
   * @throws UnavailableError: no engine answers, or the index is not built in time
   */
  async search(query?: SearchQuery): Promise<SearchHit[]> {
    return await this.#reached((face) => this.#search.search(face, query))
  }

  /** As `search`, with what there is to say of all hits, and with where the next page begins. */
  async searchPage(query?: SearchPageQuery): Promise<SearchPage> {
    return await this.#reached((face) => this.#search.page(face, query))
  }

  /** Artifacts with a name of which a word begins like that, those first that are used most; 10 where nothing is said. */
  async suggest(text: string, limit?: number): Promise<SearchSuggestion[]> {
    return await this.#reached((face) => this.#search.suggest(face, text, limit))
  }

  /** The highest first. */
  async listVersions(id: string): Promise<FlatVersion[]> {
    return await this.#of(id, flatVersions)
  }

  /** With what that version said of itself. */
  async getVersion(id: string, version: string): Promise<FlatVersion> {
    return await this.#of(id, async (face, known) =>
      flatVersionOf(face, known, textIn(version, 'version', maxTagLength)),
    )
  }

  /**
   * From now on the version's source stays as it is. One that is not there yet is made of the version that the artifact
   * stands at. @throws ConflictError: it is published
   */
  async publish(id: string, version: string, changelog?: string): Promise<FlatArtifact> {
    return await this.#of(id, (face, known) => publishFlat(face, known, version, changelog))
  }

  /** The artifact stands at that version again; the others stay. @throws ConflictError: it is a draft, and others are published */
  async rollback(id: string, version: string): Promise<FlatArtifact> {
    return await this.#of(id, (face, known) => rollBackFlat(face, known, version))
  }

  /** Use another one, says `message`. undefined takes that back. @throws ConflictError: it is a draft */
  async deprecate(id: string, version: string, message: string | undefined): Promise<FlatVersion> {
    return await this.#of(id, (face, known) =>
      withdrawFlat(face, { id: known, version, how: 'deprecated', message }),
    )
  }

  /**
   * Nobody who does not name it gets it any more: the artifact stands at the highest version that is left. undefined takes
   * that back. @throws ConflictError: it is a draft
   */
  async yank(id: string, version: string, message: string | undefined): Promise<FlatVersion> {
    return await this.#of(id, (face, known) =>
      withdrawFlat(face, { id: known, version, how: 'yanked', message }),
    )
  }

  /** What changed from one version to another: in the document, in the source line by line, in dependencies and files. */
  async diff(id: string, from: string, to: string): Promise<VersionDiff> {
    return await this.#between(id, from, to, ({ artifacts }, ...sides) => artifacts.diff(...sides))
  }

  /** The same as Markdown, as a new version gets it that is given no other. */
  async changelog(id: string, from: string, to: string): Promise<string> {
    return await this.#between(id, from, to, ({ artifacts }, ...sides) => artifacts.changelog(...sides))
  }

  /** What a version needs, and what that needs; of the version that it stands at where none is named. */
  async dependencies(
    id: string,
    options: { readonly version?: string; readonly depth?: number } = {},
  ): Promise<Walked> {
    return await this.#of(id, async ({ artifacts }, known) => {
      const { version, depth } = membersOf(options, { field: '', as: 'options' }, ['version', 'depth'])
      const named = version === undefined ? undefined : textIn(version, 'version', maxTagLength)
      return await artifacts.dependencies(known, named, depthIn(depth))
    })
  }

  /** Who needs it, and who needs those. */
  async dependents(id: string, options: { readonly depth?: number } = {}): Promise<Walked> {
    return await this.#of(id, async ({ artifacts }, known) => {
      const { depth } = membersOf(options, { field: '', as: 'options' }, ['depth'])
      return await artifacts.dependents(known, depthIn(depth))
    })
  }

  /** The tags that artifacts have, in their order; those that most have where there are more than `limit` (1,000). */
  async getTags(options?: { readonly counts?: false; readonly limit?: number }): Promise<string[]>
  async getTags(options: { readonly counts: true; readonly limit?: number }): Promise<CountedName[]>
  async getTags(options: NamesOptions = {}): Promise<string[] | CountedName[]> {
    return await this.#names('topic', options)
  }

  /** As `getTags`. */
  async getSkills(options?: { readonly counts?: false; readonly limit?: number }): Promise<string[]>
  async getSkills(options: { readonly counts: true; readonly limit?: number }): Promise<CountedName[]>
  async getSkills(options: NamesOptions = {}): Promise<string[] | CountedName[]> {
    return await this.#names('skill', options)
  }

  /**
   * The public artifacts that most is done with lately, 10 where nothing is said: a download counts 1, a star 5, a view 0.1,
   * and each of them half of that after a week, a quarter after two. At a time `now` that is the sum over all that was done
   * of `weight * 2 ** ((at - now) / week)`. Those that nothing was done with are not among them.
   */
  async getTrending(limit?: number): Promise<FlatArtifact[]> {
    return await this.#run(async (face) =>
      this.#reads.trending(face, limitIn(limit, usualTrending, face.limits)),
    )
  }

  /**
   * Public artifacts that share tags, skills, an author or what they need with it, of which each counts the more the fewer
   * have it; 10 where nothing is said.
   */
  async getRelated(id: string, limit?: number): Promise<FlatArtifact[]> {
    return await this.#of(id, async (face, known) =>
      this.#reads.related(face, known, limitIn(limit, usualTrending, face.limits)),
    )
  }

  /** Like every count of uses it survives the process, not a power cut, and is no event. */
  async incrementDownloads(id: string): Promise<void> {
    await this.#of(id, ({ artifacts }, known) => artifacts.countUse(known, 'downloads'))
  }

  /** As `incrementDownloads`. */
  async incrementViews(id: string): Promise<void> {
    await this.#of(id, ({ artifacts }, known) => artifacts.countUse(known, 'views'))
  }

  /** Once for each user; again is nothing new. Answers how many stars it has. */
  async star(id: string, userId: string): Promise<number> {
    return await this.#of(id, ({ artifacts, caller }, known) => artifacts.star(caller, known, userId))
  }

  async unstar(id: string, userId: string): Promise<number> {
    return await this.#of(id, ({ artifacts, caller }, known) => artifacts.unstar(caller, known, userId))
  }

  /**
   * Reads artifacts into the cache before anybody asks for them: those of these ids, or those that are downloaded most. At
   * most 100,000. @throws ConflictError: this registry has no cache
   */
  async warm(artifacts: readonly string[] | MostDownloaded): Promise<Warmed> {
    if (!this.#cache.isThere) throw new ConflictError('the registry has no cache to be warmed')
    return await warmReads(this, artifacts)
  }

  /**
   * Calls the listener for every change of that kind, `*` for all, that is begun from now on, in the order of the commits and
   * whoever makes it. What was committed in a transaction comes with its commit. Ends when the backend disconnects and goes
   * on when it is connected again and this registry is used; who must miss nothing meanwhile reads `events`.
   * @returns what ends it
   */
  on<K extends RegistryEventKind | '*'>(kind: K, listener: Listener<K>): () => void {
    if (kind !== '*' && !isEventKind(kind)) throw invalid('kind', 'there are no events of that kind')
    return this.#listeners.add(kind, functionIn(listener, 'listener'))
  }

  /** As `on`, for the first one alone. */
  once<K extends RegistryEventKind | '*'>(kind: K, listener: Listener<K>): () => void {
    functionIn(listener, 'listener')
    const end = this.on(kind, (event) => {
      end()
      return listener(event)
    })
    return end
  }

  /**
   * Every change behind a sequence number, from the first one that there was where none is given, and then those that come,
   * until the signal aborts or whoever reads stops. Kept with what was made of it, the number of the last event is where
   * another process goes on after a restart: nothing is missed and nothing comes twice.
   */
  events(
    options: { readonly from?: string | number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<RegistryEvent, void> {
    const { from, signal } = membersOf(options, { field: '', as: 'options' }, ['from', 'signal'])
    const isSignal = looking('signal', () => signal === undefined || signal instanceof AbortSignal)
    if (!isSignal) throw invalid('signal', 'it is no AbortSignal')
    return iterateEvents(this.#reach, { from, signal } as typeof options)
  }

  #face(): Embedded {
    const face = this.#backend[embedded]()
    return this.#principal === undefined ? face : actingFace(face, this.#principal)
  }

  async #names(field: 'topic' | 'skill', options: NamesOptions): Promise<string[] | CountedName[]> {
    return await this.#run(async (face) => {
      const { counts: given, limit } = membersOf(options, { field: '', as: 'options' }, ['counts', 'limit'])
      const counts = given !== undefined && flagIn(given, 'counts')
      const found = await this.#reads.counted(face, field, limitIn(limit, usualNames, face.limits))
      return counts ? found : found.map(({ name }) => name)
    })
  }

  async #between<T>(
    id: string,
    from: string,
    to: string,
    work: (face: Embedded, id: string, from: string, to: string) => Promise<T>,
  ): Promise<T> {
    return await this.#of(id, async (face, known) =>
      work(face, known, textIn(from, 'from', maxTagLength), textIn(to, 'to', maxTagLength)),
    )
  }

  async #of<T>(id: string, work: (face: Embedded, id: string) => Promise<T>): Promise<T> {
    return await this.#run(async (face) => work(face, idIn(id, 'id', face.limits)))
  }

  /** What is given is read in the turn of the call; what is done waits until those listen who came before. */
  #heard(face: Embedded): Embedded {
    const begun = this.#listeners.begun()
    if (begun === undefined) return face
    const artifacts = guarded(face.artifacts, async (call) => {
      await begun
      return await call()
    })
    return { ...face, artifacts }
  }

  async #run<T>(work: (face: Embedded) => Promise<T>): Promise<T> {
    return await this.#reached((reached) => reached.during((face) => work(this.#heard(face))))
  }

  /** Nobody else waits for a search engine: what is read beside it is an operation by itself. */
  async #askingIf<T>(
    text: string | undefined,
    reached: Embedded,
    work: (face: Embedded) => Promise<T>,
  ): Promise<T> {
    if (text === undefined) return await reached.during((face) => work(this.#heard(face)))
    return await work(this.#heard(reached))
  }

  async #reached<T>(work: (face: Embedded) => Promise<T>): Promise<T> {
    try {
      return await work(this.#face())
    } catch (error) {
      throw flatErrorOf(error)
    }
  }
}

/** What it was made with. */
interface Given {
  readonly backend: Backend
  readonly cache: Cache | undefined
  readonly searchEngine: SearchEngine | undefined
  readonly options: RegistryManagerOptions
}

interface NamesOptions {
  readonly counts?: boolean
  readonly limit?: number
}

/** How deep at most is a limit's to say. */
function depthIn(depth: unknown): number | undefined {
  return depth === undefined
    ? undefined
    : numberIn(depth, 'depth', { least: 0, most: Number.MAX_SAFE_INTEGER })
}
