import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { DiffSide } from './diff-versions.ts'
import { type ReadVersion, readVersion } from './read-version.ts'
import { type ArtifactRow, type EdgeRow, edges } from './tables.ts'

/** One version as a diff wants it. @throws RegistryError `version-unknown`, `content-damaged` */
export async function readSide(core: Core, artifact: ArtifactRow, version: string): Promise<DiffSide> {
  return await sideOf(core, artifact, await readVersion(core, artifact, version))
}

export async function sideOf(core: Core, artifact: ArtifactRow, version: ReadVersion): Promise<DiffSide> {
  const rows: EdgeRow[] = []
  for await (const row of eachRow(core.store, edges, { eq: [artifact.id, version.version] })) rows.push(row)
  return { version, edges: rows }
}
