import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { files } from '../../../src/core/content/tables.ts'
import { runGc } from '../../../src/core/gc/run-gc.ts'
import { deleteReferrersJob } from '../../../src/core/publish/delete-manifest.ts'
import { allFiles, checkInvariants } from '../../core/invariants.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'
import { graceTime, historyWindow, untaggedKept } from './content.ts'
import type { Driver } from './driver.ts'

const never = 100 * 365 * 86_400_000

/** Where a registry is to keep to other rules than the model thinks. */
export interface Wrong {
  readonly graceTime?: number
  readonly historyWindow?: number
  readonly keepNewest?: number
  readonly untagged?: number
}

/** SQLite and a folder behind a real server in this process; it restarts by closing and opening again. */
export async function openInProcess(wrong: Wrong = {}): Promise<Driver> {
  let registry = await startTestRegistry({
    engines: 'disk',
    // Only when the program says so: a run by the clock could come at any time.
    limits: {
      graceTime: wrong.graceTime ?? graceTime,
      historyWindow: wrong.historyWindow ?? historyWindow,
      cleanupInterval: never,
      collectInterval: never,
      sweepInterval: never,
      retentionInterval: never,
    },
    namespaces: {
      '*': {
        immutableTags: [],
        quota: {},
        retention: {
          tags: [{ repositories: ['*'], tags: ['rc-*'], keepNewest: wrong.keepNewest ?? 1 }],
          untagged: wrong.untagged ?? untaggedKept,
        },
      },
    },
  })
  let programs = 0
  return {
    get url() {
      return registry.url
    },
    get namespace() {
      return `program-${programs}`
    },
    next: () => {
      programs++
    },
    get now() {
      return registry.clock.now()
    },
    pass: async (ms) => registry.clock.advance(ms),
    collect: () => collect(registry),
    settle: () => settle(registry),
    restart: async () => {
      const now = registry.clock.now()
      registry = await registry.restart()
      await registry.clock.advance(now - registry.clock.now())
    },
    check: async ({ empty }) => {
      await checkInvariants(registry.composed.core)
      if (!empty) return
      assert.equal((await allFiles(registry.composed.core)).size, 0, 'files are left of what is gone')
      assert.equal(await registry.composed.core.store.count(files, { index: 'key', upTo: 1 }), 0)
    },
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  }
}

async function collect({ composed }: TestRegistry): Promise<void> {
  await composed.pulls.flush()
  const report = await runGc(composed.core, composed, { signal: new AbortController().signal })
  assert.ok(report.complete)
}

async function settle({ composed: { journal } }: TestRegistry): Promise<void> {
  for (;;) {
    const jobs = [...(await journal.list('ready', 100)), ...(await journal.list('running', 100))]
    if (!jobs.some(({ kind }) => kind === deleteReferrersJob)) return
    await nextTurn()
  }
}
