import { artifactOf } from '../artifacts/artifact-rows.ts'
import { type Entry, standingVersions } from '../artifacts/standing-versions.ts'
import { artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { shownRows } from './shown-rows.ts'

/** An artifact together with the version as which it is shown. */
export interface ShownEntry extends Entry {
  /** It stands at that version, and not at a draft. */
  readonly isStanding: boolean
}

/** Artifacts by their ids, each as it is found; undefined where there is none, or not any more. */
export async function shownEntries(
  core: Core,
  ids: readonly string[],
): Promise<readonly (ShownEntry | undefined)[]> {
  const rows = await core.store.getMany(
    artifacts,
    ids.map((id) => [id]),
  )
  const live = rows.flatMap((row) => (row?.live === true ? [row] : []))
  const shown = (await shownRows(core, live)).map(({ row }) => row)
  const versions = await standingVersions(core, shown)
  const found = new Map(
    shown.map((row, at) => [row.id, { row, version: versions[at], stood: live[at]?.version }]),
  )
  return ids.map((id) => {
    const { row, version, stood } = found.get(id) ?? {}
    return row && version && { artifact: artifactOf(row), version, isStanding: row.version === stood }
  })
}
