import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { openSqliteStore } from '../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { usageOf } from '../../../src/core/content/usage.ts'
import { collect } from '../../../src/core/gc/collect.ts'
import { expireUploads } from '../../../src/core/gc/expire-uploads.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import type { Quota, Usage } from '../../../src/domain/quota.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { checkInvariants } from '../invariants.ts'
import { testCore } from '../kit.ts'
import { app, chunks, other, refused, Scenario } from '../scenario.ts'

const engines: readonly {
  readonly name: string
  open(now: () => number): Promise<{ store: Store; remove(): Promise<void> }>
}[] = [
  {
    name: 'memory',
    open: async (now) => ({ store: await openMemoryStore(schema, { now }), remove: async () => {} }),
  },
  {
    name: 'sqlite',
    open: async (now) => {
      const folder = await mkdtemp(join(tmpdir(), 'lading-quota-'))
      const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
      return { store: await openSqliteStore({ folder, now, readers: 1 }, schema), remove }
    },
  },
]

for (const { name, open } of engines) {
  describe(`quotas on ${name}`, () => {
    const within = async (quota: Quota, work: (s: Scenario) => Promise<void>): Promise<void> => {
      const clock = new ManualClock()
      const { store, remove } = await open(() => clock.now())
      try {
        await using core = await testCore({ clock, store, rules: { quotas: new Map([['acme', quota]]) } })
        const s = new Scenario(core)
        await work(s)
        await checkInvariants(core.core)
      } finally {
        await remove()
      }
    }
    const used = async (s: Scenario): Promise<Usage> => {
      const { bytes, repositories, manifests } = await usageOf(s.test.core, 'acme')
      return { bytes, repositories, manifests }
    }

    test('of many pushes at once exactly as many get in as there is room for', async () => {
      await within({ bytes: 5 * 1000 + 999 }, async (s) => {
        const outcomes = await ended(s, 20, (n) => s.push(s.piece(`p${n}`, 1000)))
        assert.deepEqual(counted(outcomes), { ok: 5, 'quota-exceeded': 15 })
        assert.deepEqual(await used(s), { bytes: 5000, repositories: 1, manifests: 0 })
      })
    })

    test('large ones too: nothing of a refused one is left', async () => {
      await within({ bytes: 250_000 }, async (s) => {
        const outcomes = await ended(s, 6, (n) => s.push(s.piece(`p${n}`, 100_000)))
        assert.deepEqual(counted(outcomes), { ok: 2, 'quota-exceeded': 4 })
        assert.equal((await used(s)).bytes, 200_000)
        assert.deepEqual(await uploadsOf(s), [])
      })
    })

    test('those in chunks as well: what a refused one brought goes when its time is over', async () => {
      await within({ bytes: 250_000 }, async (s) => {
        const outcomes = await ended(s, 6, async (n) => {
          const piece = s.piece(`p${n}`, 100_000)
          const { id } = await s.registry.uploads.begin(s.caller, app)
          await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(piece.bytes) })
          const nothing = { bytes: chunks(Buffer.alloc(0)), length: 0 }
          return await s.registry.uploads.finish(s.caller, app, id, piece.digest, nothing)
        })
        assert.deepEqual(counted(outcomes), { ok: 2, 'quota-exceeded': 4 })
        assert.equal((await used(s)).bytes, 200_000)
        await s.test.clock.advance(defaultLimits.uploadLifetime)
        await expireUploads(s.test.core, new AbortController().signal)
        assert.deepEqual(await uploadsOf(s), [])
      })
    })

    test('manifests and repositories have bounds of their own, the first push of a repository among them', async () => {
      await within({ manifests: 3, repositories: 2 }, async (s) => {
        const config = s.known('{}', Buffer.from('{}'))
        const homes = ['acme/a', 'acme/b', 'acme/c', 'acme/d'].map(parseRepositoryName)
        const begun = await ended(s, 4, (n) => s.push(config, homes[n]))
        assert.deepEqual(counted(begun), { ok: 2, 'quota-exceeded': 2 })
        const [home] = homes.filter((_, n) => begun[n] === 'ok')
        assert.ok(home)
        const put = await ended(s, 8, (n) =>
          s.put(s.image(`i${n}`, config, [], { annotations: { n: String(n) } }), `v${n}`, {
            repository: home,
          }),
        )
        assert.deepEqual(counted(put), { ok: 3, 'quota-exceeded': 5 })
        const { repositories, manifests } = await used(s)
        assert.deepEqual({ repositories, manifests }, { repositories: 2, manifests: 3 })
        const refusal = await refused(
          s.push(config, homes[begun.indexOf('quota-exceeded')]),
          'quota-exceeded',
        )
        assert.deepEqual(refusal, { namespace: 'acme', measure: 'repositories', used: 2, add: 1, limit: 2 })
      })
    })

    test('a repository that has no room is refused before a byte of it is read', async () => {
      await within({ repositories: 1 }, async (s) => {
        const early = parseRepositoryName('acme/early')
        const { id } = await s.registry.uploads.begin(s.caller, early)
        await s.push(s.piece('a', 1000))
        let read = 0
        async function* bytes(): AsyncGenerator<Uint8Array> {
          for (read = 0; read < 100; read++) yield Buffer.alloc(1000)
        }
        const { digest } = s.piece('b', 1000)
        const late = parseRepositoryName('acme/late')
        const refusal = { namespace: 'acme', measure: 'repositories', used: 1, add: 1, limit: 1 }
        for (const attempt of [
          () => s.registry.uploads.begin(s.caller, late),
          () => s.registry.uploads.append(s.caller, early, id, { bytes: bytes() }),
          () => s.registry.uploads.finish(s.caller, early, id, digest, { bytes: bytes() }),
          () => s.registry.uploads.push(s.caller, late, digest, { bytes: bytes(), length: 100_000 }),
        ]) {
          assert.deepEqual(await refused(attempt(), 'quota-exceeded'), refusal)
          assert.equal(read, 0)
        }
        await s.push(s.piece('c', 1000))
        assert.deepEqual(await uploadsOf(s), [])
      })
    })

    test('what is there already costs nothing; a mount costs its bytes; other namespaces are not asked', async () => {
      await within({ bytes: 2500 }, async (s) => {
        const piece = s.piece('a', 1000)
        const elsewhere = parseRepositoryName('free/app')
        await s.push(piece)
        await s.push(piece)
        assert.equal((await used(s)).bytes, 1000)
        await s.registry.uploads.mount(s.caller, other, piece.digest, app)
        assert.equal((await used(s)).bytes, 2000)
        await s.push(s.piece('large', 100_000), elsewhere)
        const third = parseRepositoryName('acme/third')
        assert.deepEqual(
          await refused(s.registry.uploads.mount(s.caller, third, piece.digest, app), 'quota-exceeded'),
          {
            namespace: 'acme',
            measure: 'bytes',
            used: 2000,
            add: 1000,
            limit: 2500,
          },
        )
        await s.registry.uploads.mount(s.caller, elsewhere, piece.digest, app)
        assert.deepEqual(await used(s), { bytes: 2000, repositories: 2, manifests: 0 })
      })
    })

    test('deletions and collection give back, to the byte', async () => {
      await within({ bytes: 3000, manifests: 1 }, async (s) => {
        const config = s.known('{}', Buffer.from('{}'))
        const [a, b, c] = [s.piece('a', 1000), s.piece('b', 1000), s.piece('c', 1000)]
        for (const piece of [config, a, b]) await s.push(piece)
        const image = s.image('image', config, [a])
        await s.put(image, 'v1')
        await refused(s.push(c), 'quota-exceeded')
        await s.registry.blobs.delete(s.caller, app, b.digest)
        assert.equal((await used(s)).bytes, 1002 + image.bytes.length)
        await s.push(c)
        await s.registry.blobs.delete(s.caller, app, c.digest)
        await s.delete(image.digest)
        assert.deepEqual(await used(s), { bytes: 1002, repositories: 1, manifests: 0 })
        await s.test.clock.advance(defaultLimits.graceTime + 1)
        await collect(s.test.core, new AbortController().signal)
        assert.deepEqual(await used(s), { bytes: 0, repositories: 1, manifests: 0 })
        for (const piece of [config, a]) await s.push(piece)
        await s.put(image, 'v1')
        assert.deepEqual(await used(s), { bytes: 1002 + image.bytes.length, repositories: 1, manifests: 1 })
      })
    })

    test('pushes and deletions at once never go over, and add up', async () => {
      await within({ bytes: 3500 }, async (s) => {
        const outcomes = await ended(s, 12, async (n) => {
          const piece = s.piece(`p${n}`, 1000)
          await s.push(piece)
          assert.ok((await used(s)).bytes <= 3500)
          if (n % 2 === 0) await s.registry.blobs.delete(s.caller, app, piece.digest)
        })
        const { ok = 0, 'quota-exceeded': over = 0 } = counted(outcomes)
        assert.equal(ok + over, 12)
        assert.ok(ok >= 3)
      })
    })
  })
}

async function uploadsOf(s: Scenario): Promise<string[]> {
  return (await s.lines()).filter((line) => line.startsWith('upload'))
}

/** All at once, on a clock that goes on where somebody waits for a retry. */
async function ended(s: Scenario, count: number, work: (n: number) => Promise<unknown>): Promise<string[]> {
  let isDone = false
  const all = Promise.all(
    Array.from({ length: count }, (_, n) =>
      work(n).then(
        () => 'ok',
        (error: { code?: string }) => error.code ?? String(error),
      ),
    ),
  ).finally(() => {
    isDone = true
  })
  while (!isDone) await s.test.clock.advance(1)
  return await all
}

function counted(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
