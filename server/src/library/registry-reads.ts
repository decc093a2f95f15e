import type { Entry, VersionText } from '../boot/compose/artifacts.ts'
import { artifacts, edges, termCounts, terms } from '../core/artifacts/tables.ts'
import type { Loaded } from '../core/cache/read-cache.ts'
import type { Namespace } from '../domain/repository-name.ts'
import type { Embedded } from './embedded.ts'
import { NotFoundError } from './errors.ts'
import { astFile, flatArtifact } from './flat-shape.ts'
import type { CountedName, FlatArtifact } from './flat-types.ts'
import type { ManagerCache } from './registry-cache.ts'

/** What an answer costs the cache beside its texts, roughly. */
const bytesOfEntry = 2_000
const bytesOfName = 100

interface Readable {
  readonly entry: Entry
  readonly text: VersionText
}

/** What is read again and again: out of the cache, where there is one. */
export class ManagerReads {
  readonly #cache: ManagerCache

  constructor(cache: ManagerCache) {
    this.#cache = cache
  }

  /** Watched in a transaction. @throws NotFoundError, and what `Embedded.watch` throws */
  async byId(face: Embedded, id: string): Promise<FlatArtifact> {
    const found = await this.#cache.load(face, ['artifact', id], async (reads) => {
      reads.row(artifacts, [id])
      await face.watch?.(id)
      const [entry] = await face.artifacts.standing([id])
      if (entry === undefined) await face.missed?.(id)
      return entry === undefined
        ? { value: undefined, bytes: bytesOfName }
        : one(await readable(face, [entry]))
    })
    if (found === undefined) throw new NotFoundError(`there is no artifact ${JSON.stringify(id)}`)
    return flatArtifact(found.entry, found.text)
  }

  /** The id; watched in a transaction. @throws what `Artifacts.readBySlug` throws */
  async bySlug(face: Embedded, namespace: Namespace, slug: string): Promise<string> {
    return await this.#cache.load(face, ['slug', namespace, slug], async (reads) => {
      reads.unique(artifacts, 'slug', [namespace, slug])
      const { id } = await face.artifacts.readBySlug(namespace, slug)
      // It may have been deleted or purged before this names it: then it is not found by its id either.
      reads.row(artifacts, [id])
      await face.watch?.(id)
      return { value: id, bytes: bytesOfName }
    })
  }

  async counted(face: Embedded, field: 'topic' | 'skill', limit: number): Promise<CountedName[]> {
    const found = await this.#cache.load(face, ['terms', field, String(limit)], async (reads) => {
      reads.table(termCounts)
      const value = await face.artifacts.terms(field, limit)
      return { value, bytes: bytesOfName * (1 + value.length) }
    })
    return found.map(({ term, artifacts: count }) => ({ name: term, count }))
  }

  async trending(face: Embedded, limit: number): Promise<FlatArtifact[]> {
    return await this.#list(face, ['trending', String(limit)], (face) => face.artifacts.trending(limit))
  }

  async related(face: Embedded, id: string, limit: number): Promise<FlatArtifact[]> {
    return await this.#list(face, ['related', id, String(limit)], (face) => face.artifacts.related(id, limit))
  }

  async #list(
    face: Embedded,
    key: readonly string[],
    list: (face: Embedded) => Promise<readonly Entry['artifact'][]>,
  ): Promise<FlatArtifact[]> {
    const found = await this.#cache.load(face, key, async (reads) => {
      for (const table of [artifacts, terms, termCounts, edges]) reads.table(table)
      const ids = (await list(face)).map(({ id }) => id)
      const entries = await face.artifacts.standing(ids)
      const value = await readable(
        face,
        entries.filter((entry) => entry !== undefined),
      )
      return { value, bytes: value.reduce((sum, { text }) => sum + bytesOf(text), bytesOfName) }
    })
    return found.map(({ entry, text }) => flatArtifact(entry, text))
  }
}

async function readable({ artifacts: face }: Embedded, entries: readonly Entry[]): Promise<Readable[]> {
  const texts = await face.contents(
    entries.map(({ artifact, version }) => ({ kind: artifact.kind, digest: version.digest })),
    astFile,
  )
  return entries.map((entry, at) => ({ entry, text: texts[at] ?? { source: '' } }))
}

function one([value]: Readable[]): Loaded<Readable | undefined> {
  return { value, bytes: value === undefined ? bytesOfName : bytesOf(value.text) }
}

const bytesOf = ({ source, file = '' }: VersionText): number =>
  bytesOfEntry + 2 * (source.length + file.length)
