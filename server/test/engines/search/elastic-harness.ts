import type { SearchEngine } from '../../../src/ports/search/search.ts'
import type { SearchHarness } from '../../../src/ports/search/suite/harness.ts'

export interface ElasticPlace {
  /** Where the indices are, without what stands between it and the engine. */
  readonly url: string
  open(index: string): Promise<SearchEngine>
}

let opened = 0

/** An index name of its own for each case, of which nothing stays. */
export function elasticHarness(place: () => ElasticPlace): SearchHarness {
  return {
    can: { shared: true, durable: true },
    start: async () => {
      const { open, url } = place()
      const index = freshIndex()
      const engines: SearchEngine[] = []
      const another = async (): Promise<SearchEngine> => {
        const engine = await open(index)
        engines.push(engine)
        return engine
      }
      const engine = await another()
      return {
        engine,
        other: another,
        reopen: async () => {
          await engine.close()
          return await another()
        },
        [Symbol.asyncDispose]: async () => {
          for (const one of engines) await one.close()
          await removeIndices(url, index)
        },
      }
    },
  }
}

/** A name that no other case of this process, or of one before it, has. */
export function freshIndex(): string {
  return `proof-${process.pid}-${++opened}`
}

/** The names of all that an engine has made under the name of an index. */
export async function indicesOf(url: string, index: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/_cat/indices/${index}-*?format=json&h=index`)
  if (!answer.ok) throw new Error(`the indices cannot be listed: ${answer.status} ${await answer.text()}`)
  const found = (await answer.json()) as readonly { readonly index: string }[]
  return found.map((one) => one.index).sort()
}

export async function removeIndices(url: string, index: string): Promise<void> {
  for (const name of await indicesOf(url, index)) await fetch(`${url}/${name}`, { method: 'DELETE' })
}
