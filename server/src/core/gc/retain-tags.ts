import { isRegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { type Retentions, retentionOf } from '../../domain/retention.ts'
import type { Tag } from '../../domain/tag.ts'
import { check, insert } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { publishedAs } from '../artifacts/require-draft.ts'
import { pullsCountedSince } from '../catalog/pull-counting.ts'
import { pulls, type TagRow, tags } from '../catalog/tables.ts'
import type { RepositoryRow } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type ImmutableTags, immutableBy } from '../policy/immutable-tags.ts'
import { rulesFor, type TagFacts, TagRules } from '../policy/retention.ts'
import { deleteTag } from '../publish/delete-tag.ts'
import type { GcItem, Going } from './going.ts'

/** What decides of tags and manifests that may go. */
export interface RetentionRules {
  readonly immutableTags: ImmutableTags
  readonly retentions: Retentions
}

/** Of most repositories all: the second look at them costs nothing. */
const tagsRemembered = 1000

/** The tags of one repository that no rule keeps, looked at twice: a tag may be among the newest of thousands. */
export async function* goingTags(
  core: Core,
  { immutableTags, retentions }: RetentionRules,
  home: RepositoryRow,
  caller: Caller,
): AsyncGenerator<Going> {
  const name = home.name as RepositoryName
  const numbered = rulesFor(retentionOf(retentions, home.namespace), name)
  if (numbered.length === 0 || !home.live) return
  const rules = new TagRules(sourceOf(retentions, home.namespace), numbered)
  const live = { index: 'live', eq: [home.id, true] }
  const first: Stored<TagRow>[] = []
  let count = 0
  for await (const row of eachRow(core.store, tags, live)) {
    rules.add(factsOf(row))
    if (count++ < tagsRemembered) first.push(row)
  }
  for await (const row of count > first.length ? eachRow(core.store, tags, live) : first) {
    const verdict = await judge(core, rules, row)
    if (verdict === undefined) continue
    const { tag, digest } = row
    const item: GcItem = { what: 'tag', repository: name, tag, digest, bytes: 0, why: verdict.why }
    const stays = await whyStays(core, immutableTags, home, tag as Tag)
    if (stays !== undefined) {
      const why = `${verdict.why}; it stays, since ${stays}`
      yield { items: [{ ...item, why, stays: true }], carryOut: async () => [] }
      continue
    }
    const stillGoes = async (current: Stored<TagRow>): Promise<readonly Change[] | undefined> =>
      (await judge(core, rules, current))?.guards
    yield {
      items: [item],
      carryOut: async () => {
        const went = await deleteTag(core, immutableTags, caller, name, tag as Tag, {}, stillGoes).catch(
          isGone,
        )
        return went ? [item] : []
      },
    }
  }
}

/** What no rule of retention goes over. undefined: nothing. */
async function whyStays(
  core: Core,
  immutableTags: ImmutableTags,
  home: RepositoryRow,
  tag: Tag,
): Promise<string | undefined> {
  const pattern = immutableBy(immutableTags, home.name as RepositoryName, tag)
  if (pattern !== undefined) return `${pattern} makes it immutable`
  const published = await publishedAs(core, home.id, tag)
  return published === undefined ? undefined : `it is the published version ${published.version}`
}

/** For a person. */
export function sourceOf(retentions: Retentions, namespace: string): string {
  return `namespace ${retentions.has(namespace) ? namespace : '*'}`
}

/** A row from before pushes were kept apart says when the tag moved. */
function factsOf({ tag, movedAt, pushedAt }: TagRow): TagFacts {
  return { tag, pushedAt: Math.max(movedAt, pushedAt) }
}

/** Why the tag goes, and what keeps the batch from standing where it is pulled meanwhile. undefined: it stays. */
async function judge(
  core: Core,
  rules: TagRules,
  row: TagRow,
): Promise<{ readonly why: string; readonly guards: readonly Change[] } | undefined> {
  const { repository, digest } = row
  const facts = factsOf(row)
  const asks = rules.asksForPulls(facts)
  const pulled = asks ? await core.store.get(pulls, [repository, digest]) : undefined
  const lastPull = asks ? Math.max(pulled?.lastAt ?? 0, await pullsCountedSince(core)) : 0
  const why = rules.whyGoes(facts, lastPull, core.clock.now())
  if (why === undefined) return undefined
  if (!asks) return { why, guards: [] }
  // Absence can be guarded by making the row alone: it says that there was no pull.
  const guard =
    pulled === undefined
      ? insert(pulls, { repository, digest, pulls: 0, lastAt: 0 })
      : check(pulls, [repository, digest], pulled.rev)
  return { why, guards: [guard] }
}

/** The tag has gone by itself, or was made immutable by nobody: rules do not change while a process runs. */
function isGone(error: unknown): false {
  // Published in this moment: then it stays.
  if (isRegistryError(error, 'manifest-unknown') || isRegistryError(error, 'version-published')) return false
  throw error
}
