import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { manifests, pulls, tagHistory, tags } from '../../../src/core/catalog/tables.ts'
import { repositories } from '../../../src/core/content/tables.ts'
import { applyRetention, planRetention } from '../../../src/core/gc/retention.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { parseRepositoryName, type RepositoryName } from '../../../src/domain/repository-name.ts'
import type { Retention, RetentionRule } from '../../../src/domain/retention.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { gathered, type Scenario, scenario } from '../scenario.ts'

const day = 86_400_000
const never = new AbortController().signal
const homes = ['acme/app', 'acme/lib'].map(parseRepositoryName)
const names = ['v1', 'v2', 'v3', 'rc-1', 'rc-2', 'latest']
const type = 'application/vnd.oci.image.manifest.v1+json'

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const globs = (of: readonly string[]): fc.Arbitrary<string[]> =>
  fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 3 })

const rule: fc.Arbitrary<RetentionRule> = fc
  .record({
    repositories: globs(['*', 'acme/app', '!acme/app', 'acme/l*', 'other/*']),
    tags: globs(['*', 'v*', '!v2', 'rc-*', '!*1', 'latest']),
    keepNewest: optional(fc.nat(3)),
    keepPulledWithin: optional(fc.nat(10).map((days) => days * day)),
    keepPushedWithin: optional(fc.nat(10).map((days) => days * day)),
  })
  .map(
    (given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never,
  )

const retention: fc.Arbitrary<Retention> = fc.record(
  { tags: fc.array(rule, { maxLength: 3 }), untagged: fc.nat(10).map((days) => days * day) },
  { requiredKeys: ['tags'] },
)

type Step =
  | { do: 'put'; home: number; label: number; tag: number | undefined; subject: number | undefined }
  | { do: 'index'; home: number; label: number }
  | { do: 'pull'; home: number; tag: number }
  | { do: 'untag'; home: number; tag: number }
  | { do: 'wait'; hours: number }

const home = fc.nat(homes.length - 1)
const label = fc.nat(5)
const tag = fc.nat(names.length - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      home,
      label,
      tag: optional(tag),
      subject: optional(label),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('index' as const), home, label }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pull' as const), home, tag }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('untag' as const), home, tag }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.nat(400) }) },
)

async function played(rules: Retention, steps: readonly Step[]): Promise<Scenario> {
  const s = await scenario({ rules: { retentions: new Map([['acme', rules]]) } })
  const config = s.known('{}', Buffer.from('{}'))
  for (const repository of homes) await s.push(config, repository)
  const image = (n: number, subject?: number) => {
    const of =
      subject === undefined || subject >= n
        ? undefined
        : s.image(`i${subject}`, config, [], { annotations: { subject: `${subject}` } })
    const more = of && { subject: { mediaType: type, digest: of.digest, size: of.bytes.length } }
    return s.image(`i${n}`, config, [], { annotations: { subject: `${n}` }, ...more })
  }
  for (const one of steps) {
    const repository = 'home' in one ? (homes[one.home] as RepositoryName) : undefined
    await play(s, one, image, repository).catch((error: unknown) => {
      // The tag is not there, or a manifest that the index would name.
      if (!isRegistryError(error)) throw error
    })
  }
  return s
}

async function play(
  s: Scenario,
  one: Step,
  image: (n: number, subject?: number) => { digest: string; bytes: Uint8Array },
  repository: RepositoryName | undefined,
): Promise<void> {
  if (one.do === 'wait') return await s.test.clock.advance(one.hours * 3_600_000)
  const at = repository as RepositoryName
  if (one.do === 'put') {
    const piece = image(one.label, one.subject) as never as { digest: never; bytes: Uint8Array }
    const reference = one.tag === undefined ? piece.digest : (names[one.tag] as string)
    await s.put(piece, reference, { repository: at })
  } else if (one.do === 'index') {
    await s.put(s.index(`x${one.label}`, [image(one.label) as never]), undefined, { repository: at })
  } else if (one.do === 'pull') {
    await s.registry.manifests.get(at, names[one.tag] as Tag, true)
    await s.test.pulls.flush()
  } else await s.delete(names[one.tag] as string, at)
}

/** What is there of all that retention may take, by a name for each. */
async function standing(s: Scenario): Promise<Set<string>> {
  const { store } = s.test
  const names = new Map((await allRows(store, repositories)).map((row) => [row.id, row.name]))
  return new Set([
    ...(await allRows(store, tags))
      .filter((row) => row.live)
      .map((row) => `tag ${names.get(row.repository)} ${row.tag}`),
    ...(await allRows(store, manifests)).map((row) => `manifest ${names.get(row.repository)} ${row.digest}`),
    ...(await allRows(store, tagHistory))
      .filter((row) => row.holds)
      .map((row) => `hold ${names.get(row.repository)} ${row.tag} ${row.digest} ${row.at}`),
  ])
}

test('what is applied is what was planned, and a second look finds nothing more', async () => {
  let some = 0
  await fc.assert(
    fc.asyncProperty(retention, fc.array(step, { minLength: 5, maxLength: 40 }), async (rules, steps) => {
      const s = await played(rules, steps)
      const plan = await gathered(planRetention(s.test.core, s.test, never))
      const before = await standing(s)
      await applyRetention(s.test.core, s.test, never)
      await s.drain()
      const after = await standing(s)
      await checkInvariants(s.test.core)
      const gone = [...before.difference(after)].map((name) => name.split(' ').slice(0, 3).join(' '))
      const said = plan.map(
        ({ what, repository, tag, digest }) => `${what} ${repository} ${what === 'manifest' ? digest : tag}`,
      )
      assert.deepEqual(gone.toSorted(), said.toSorted())
      assert.deepEqual([...after.difference(before)], [])
      assert.deepEqual(await gathered(planRetention(s.test.core, s.test, never)), [])
      if (plan.length > 0) some++
    }),
    { numRuns: 80 },
  )
  assert.ok(some > 5, `only ${some} of the runs let anything go`)
})

test('a tag goes exactly where a rule speaks of it and none of those that do keeps it', async () => {
  await fc.assert(
    fc.asyncProperty(retention, fc.array(step, { minLength: 5, maxLength: 40 }), async (rules, steps) => {
      const s = await played(rules, steps)
      const expected = await expectedToStay(s, rules)
      await applyRetention(s.test.core, s.test, never)
      const left = [...(await standing(s))].filter((name) => name.startsWith('tag ')).toSorted()
      assert.deepEqual(left, expected.toSorted())
    }),
    { numRuns: 80 },
  )
})

/** The rules once more, in the plainest words. */
async function expectedToStay(s: Scenario, rules: Retention): Promise<string[]> {
  const { store, clock } = s.test
  const now = clock.now()
  const live = (await allRows(store, tags)).filter((row) => row.live)
  const pulled = await allRows(store, pulls)
  const stay: string[] = []
  for (const { id, name } of await allRows(store, repositories)) {
    for (const row of live.filter(({ repository }) => repository === id)) {
      const speaking = rules.tags.filter((one) => speaks(one.repositories, name) && speaks(one.tags, row.tag))
      const lastAt = pulled.find((at) => at.repository === id && at.digest === row.digest)?.lastAt ?? 0
      const isKept = speaking.some(({ tags: own, keepNewest, keepPulledWithin, keepPushedWithin }) => {
        const newer = live.filter(
          (one) =>
            one.repository === id &&
            speaks(own, one.tag) &&
            (one.pushedAt > row.pushedAt || (one.pushedAt === row.pushedAt && one.tag > row.tag)),
        )
        return (
          (keepNewest !== undefined && newer.length < keepNewest) ||
          (keepPulledWithin !== undefined && lastAt > 0 && now - lastAt <= keepPulledWithin) ||
          (keepPushedWithin !== undefined && now - row.pushedAt <= keepPushedWithin)
        )
      })
      if (speaking.length === 0 || isKept) stay.push(`tag ${name} ${row.tag}`)
    }
  }
  return stay
}

function speaks(globs: readonly string[], text: string): boolean {
  let spoken = false
  for (const glob of globs) {
    const body = glob.replace(/^!/, '').replaceAll(/[.*/-]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`))
    if (new RegExp(`^${body}$`).test(text)) spoken = !glob.startsWith('!')
  }
  return spoken
}
