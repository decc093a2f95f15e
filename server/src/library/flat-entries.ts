import type { Entry } from '../boot/compose/artifacts.ts'
import type { Embedded } from './embedded.ts'
import { astFile, flatArtifact } from './flat-shape.ts'
import type { FlatArtifact } from './flat-types.ts'

/** What is read of entries, in their order. */
export async function flatEntries(
  { artifacts }: Pick<Embedded, 'artifacts'>,
  entries: readonly Entry[],
): Promise<FlatArtifact[]> {
  const texts = await artifacts.contents(
    entries.map(({ artifact, version }) => ({ kind: artifact.kind, digest: version.digest })),
    astFile,
  )
  return entries.map((entry, at) => flatArtifact(entry, texts[at] ?? { source: '' }))
}
