import type { SearchResult, Suggested } from '../../boot/registry.ts'
import type { Artifact } from '../../domain/artifact.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import type { AskedSearch } from './read-search.ts'

/** An answer as clients get it. What an artifact does not say is empty; what there is not is left out. */
export function shownResult(result: SearchResult, page: AskedSearch['page']): object {
  const { hits, total, facets, next, suggestion, relaxed, degraded, engine } = result
  return {
    hits: hits.map(({ artifact, repository, deprecated, named, score, matches, explanation }) => ({
      artifact: shownArtifact(artifact, deprecated),
      repository,
      ...(named && { named }),
      score,
      matches: matches.map(({ field, text, marks }) => ({ field, snippet: text, marks })),
      ...(explanation !== undefined && { explanation }),
    })),
    total,
    facets,
    ...(next !== undefined && { next }),
    ...page,
    ...(suggestion !== undefined && { suggestion }),
    relaxed,
    degraded,
    engine,
  }
}

export function shownSuggestions({ artifacts, degraded }: Suggested): object {
  return { artifacts: artifacts.map(shownName), degraded }
}

function shownArtifact(artifact: Artifact, deprecated: string | undefined): object {
  const { description, version, digest, license, author, organization, topics, skills, owner } = artifact
  const { keywords, capabilities, category, language, visibility, published } = artifact
  const links = said({ source: artifact.repository, homepage: artifact.homepage })
  return {
    ...shownName(artifact),
    description,
    ...(version !== undefined && { version }),
    ...(digest !== undefined && { digest }),
    license,
    author,
    organization,
    topics,
    skills: skills.map(({ name }) => name),
    ...said({ keywords, capabilities, category, language, publisher: owner }),
    ...(Object.keys(links).length > 0 && { links }),
    downloads: artifact.statistics.downloads,
    stars: artifact.statistics.stars,
    createdAt: formatTimestamp(artifact.createdAt),
    updatedAt: formatTimestamp(artifact.updatedAt),
    ...(deprecated !== undefined && { deprecated }),
    // Only its owner is shown such a one.
    ...(visibility !== 'public' && { visibility }),
    ...(!published && { published }),
  }
}

/** What is not empty. */
function said<T extends string | readonly string[]>(
  given: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value.length > 0))
}

function shownName({ id, kind, namespace, slug, name }: Artifact): object {
  return { id, kind, namespace, slug, reference: `${kind}:${namespace}/${slug}`, name }
}
