import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { NamespaceRules } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { namespaceRules } from '../../src/config/namespace-types.ts'
import { inputOf } from './given-config.ts'

const day = 86_400_000

function read(yaml: string): { readonly [namespace: string]: NamespaceRules } {
  const loaded = loadConfig(inputOf({ files: { '/here/lading.yaml': yaml } }))
  assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
  return loaded.config.namespaces
}

function mistakes(yaml: string): string[] {
  const loaded = loadConfig(inputOf({ files: { '/here/lading.yaml': yaml } }))
  assert.ok('mistakes' in loaded, 'it was taken')
  return loaded.mistakes.map(({ where, message }) => `${where}: ${message}`)
}

test('quotas and rules of retention are read, with what is not said left out', () => {
  const yaml = `
namespaces:
  "*":
    quota: { bytes: 100 GiB, repositories: 0, manifests: 1000 }
  acme:
    immutableTags: [v*]
    retention:
      tags:
        - tags: ["*-rc*"]
          keepNewest: 0
        - repositories: [acme/*, "!acme/base"]
          tags: ["*", "!v*"]
          keepNewest: 10
          keepPulledWithin: 30d
          keepPushedWithin: 1h30m
      untagged: 7d
  zed:
    retention: { untagged: 0s }
`
  assert.deepEqual(
    { ...read(yaml) },
    {
      '*': {
        immutableTags: [],
        quota: { bytes: 100 * 2 ** 30, repositories: 0, manifests: 1000 },
        retention: { tags: [] },
      },
      acme: {
        immutableTags: ['v*'],
        quota: {},
        retention: {
          tags: [
            { repositories: ['*'], tags: ['*-rc*'], keepNewest: 0 },
            {
              repositories: ['acme/*', '!acme/base'],
              tags: ['*', '!v*'],
              keepNewest: 10,
              keepPulledWithin: 30 * day,
              keepPushedWithin: 5_400_000,
            },
          ],
          untagged: 7 * day,
        },
      },
      zed: { immutableTags: [], quota: {}, retention: { tags: [], untagged: 0 } },
    },
  )
})

test('what is read is frozen throughout', () => {
  const { acme } = read('namespaces: { acme: { quota: { bytes: 1 }, retention: { tags: [{ tags: [a] }] } } }')
  assert.ok(acme)
  const rule = acme.retention.tags[0]
  assert.ok(rule)
  const parts = [acme, acme.quota, acme.retention, acme.retention.tags, rule, rule.tags, rule.repositories]
  assert.ok(parts.every(Object.isFrozen))
})

test('every mistake is told at once, with the path of what is wrong', () => {
  const told = mistakes(`
namespaces:
  acme:
    quota:
      bytes: lots
      repositories: -1
      manifests: 1.5
      blobs: 3
    retention:
      tags:
        - tags: "*"
          keepNewest: ten
        - tags: [a b]
          repositories: [ACME/*]
          keepPulledWithin: 30
          keepPushedWithin: 5 moons
          keepLatest: 3
        - tags: ["!rc-*", "!beta-*"]
          repositories: ["!acme/base"]
        - tags: []
        - newest
      untagged: never
      history: 3d
  beta:
    quota: 3 GiB
    retention: [1]
  gamma:
    retention: { tags: { tags: [a] } }
`)
  assert.deepEqual(told, [
    'lading.yaml:8: namespaces.acme.quota.blobs has no "blobs"',
    'lading.yaml:5: namespaces.acme.quota.bytes wants a size from 0 to 1 PiB, such as 16 MiB, not "lots"',
    'lading.yaml:6: namespaces.acme.quota.repositories wants a whole number from 0 to 1000000000, not -1',
    'lading.yaml:7: namespaces.acme.quota.manifests wants a whole number from 0 to 1000000000, not 1.5',
    'lading.yaml:23: namespaces.acme.retention.history has no "history"',
    'lading.yaml:11: namespaces.acme.retention.tags[0].tags wants a list of patterns, such as ["v*"], not "*"',
    'lading.yaml:12: namespaces.acme.retention.tags[0].keepNewest wants a whole number from 0 to 1000000000, not "ten"',
    'lading.yaml:17: namespaces.acme.retention.tags[1].keepLatest has no "keepLatest"; did you mean keepNewest?',
    'lading.yaml:14: namespaces.acme.retention.tags[1].repositories[0] wants a pattern of a-z 0-9 . _ - / and *, such as acme/*, not "ACME/*"',
    'lading.yaml:13: namespaces.acme.retention.tags[1].tags[0] wants a pattern of A-Z a-z 0-9 . _ - and *, such as v*, not "a b"',
    'lading.yaml:15: namespaces.acme.retention.tags[1].keepPulledWithin wants a time with its unit from 0s to 1042w6d, such as 30s, 15m or 24h, not 30',
    'lading.yaml:16: namespaces.acme.retention.tags[1].keepPushedWithin wants a time with its unit from 0s to 1042w6d, such as 30s, 15m or 24h, not "5 moons"',
    'lading.yaml:19: namespaces.acme.retention.tags[2].repositories speaks of nothing: patterns with ! only take out again, so put one before them, such as *',
    'lading.yaml:18: namespaces.acme.retention.tags[2].tags speaks of nothing: patterns with ! only take out again, so put one before them, such as *',
    'lading.yaml:20: namespaces.acme.retention.tags[3].tags speaks of nothing: patterns with ! only take out again, so put one before them, such as *',
    'lading.yaml:21: namespaces.acme.retention.tags[4] wants { repositories, tags, keepNewest, keepPulledWithin, keepPushedWithin }',
    'lading.yaml:22: namespaces.acme.retention.untagged wants a time with its unit from 0s to 1042w6d, such as 30s, 15m or 24h, not "never"',
    'lading.yaml:25: namespaces.beta.quota wants { bytes, repositories, manifests }',
    'lading.yaml:26: namespaces.beta.retention wants { tags, untagged }',
    'lading.yaml:28: namespaces.gamma.retention.tags wants a list of at most 100 rules, such as [{ tags: ["*-rc*"], keepNewest: 10 }]',
  ])
})

test('more rules than a person can mean are refused', () => {
  const rules = (count: number): string =>
    `namespaces: { acme: { retention: { tags: ${JSON.stringify(Array(count).fill({ tags: ['a'] }))} } } }`
  assert.equal(read(rules(100))['acme']?.retention.tags.length, 100)
  assert.equal(mistakes(rules(101)).length, 1)
})

const few = fc.nat(1_000_000)
const optional = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const globs = (body: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc
    .array(body, { minLength: 1, maxLength: 3 })
    .map((list) => list.map((glob, at) => (at === 0 ? glob : `!${glob}`)))
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T
const rule = fc
  .record({
    repositories: globs(fc.stringMatching(/^[a-z0-9_./*-]{1,20}$/)),
    tags: globs(fc.stringMatching(/^[A-Za-z0-9_.*-]{1,20}$/)),
    keepNewest: optional(few),
    keepPulledWithin: optional(few),
    keepPushedWithin: optional(few),
  })
  .map(defined)
const rules = fc.record(
  {
    immutableTags: fc.constant(['v*']),
    quota: fc
      .record({ bytes: optional(few), repositories: optional(few), manifests: optional(few) })
      .map(defined),
    retention: fc.record({ tags: fc.array(rule, { maxLength: 3 }), untagged: optional(few) }).map(defined),
  },
  { noNullPrototype: true },
)

test('whatever is written reads back as the same', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('*', 'acme', 'a-b.c'), rules, { noNullPrototype: true }),
      (given) => {
        const complain = (message: string): undefined => assert.fail(message)
        const written: unknown = JSON.parse(JSON.stringify(namespaceRules.write(given as never)))
        assert.deepEqual({ ...namespaceRules.read(written, { base: '/', complain }) }, { ...given })
      },
    ),
    { numRuns: 200 },
  )
})
