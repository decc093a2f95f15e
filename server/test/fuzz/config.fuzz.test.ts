import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { describeMistake } from '../../src/config/mistake.ts'
import { environmentName, flagName, settingKeys } from '../../src/config/settings.ts'
import { type GivenConfig, inputOf } from '../config/given-config.ts'
import { anyCharacter } from '../kit/any-character.ts'

const runs = Number(process.env['LADING_FUZZ_RUNS'] ?? 20_000)
const seed = Number(process.env['LADING_FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const mostMs = 100

/** Pieces of configurations, good and bad, since noise alone seldom gets past the first check. */
const piece = fc.constantFrom(
  ...settingKeys,
  ...settingKeys.map((key) => key.slice(key.indexOf('.') + 1)),
  ...['limits', 'access', 'tls', 'users', 'namespaces', 'anyone', 'name', 'passwordHash', 'immutableTags'],
  ...[
    '127.0.0.1:7070',
    '[::1]:0',
    '0.0.0.0:1',
    '8 MiB',
    '24h',
    '1e999',
    '-1',
    '0x10',
    '.nan',
    '~',
    'true',
    'null',
  ],
  ...[
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ': ',
    ',',
    '\n',
    '\n  ',
    '\n- ',
    '\t',
    '#',
    '&a ',
    '*a',
    '<<: ',
    '!!binary ',
    '|',
    '>',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '\0',
    '\u2028',
    '\ud800',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '? ',
  ],
)
const soup = fc.array(fc.oneof(piece, fc.string({ unit: anyCharacter, maxLength: 12 })), { maxLength: 60 })
const value = fc.oneof(
  piece,
  fc.string({ unit: anyCharacter }),
  fc.integer().map(String),
  fc.json(),
  soup.map((parts) => parts.join('')),
)
const anything = fc.anything({ withNullPrototype: true, withBigInt: false, maxDepth: 2, maxKeys: 3 })
const tree = fc.dictionary(fc.oneof(piece, fc.string()), fc.oneof(value, anything), { maxKeys: 5 })

/** One that is taken as it stands, for changes that go far into it. */
const good = [
  'listen: 127.0.0.1:7070',
  'access: { read: anyone, write: anyone, allowAnonymousWrite: true }',
  'namespaces: { "*": { immutableTags: ["v*", "!*-rc*"] } }',
  'limits:',
  '  graceTime: 1h30m',
  '  manifestBytes: 8 MiB',
  'users: []',
].join('\n')
const nearlyGood = fc
  .tuple(
    fc.nat(good.length),
    fc.nat(6),
    fc.oneof(fc.constant(''), piece, fc.string({ unit: anyCharacter, maxLength: 4 })),
  )
  .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut))
const nested = fc
  .tuple(fc.constantFrom('[', '{a: ', '- ', '&a [*a,', '? ', '"a": {'), fc.integer({ min: 1, max: 5000 }))
  .map(([open, depth]) => open.repeat(depth))

const file = fc.oneof(
  { arbitrary: nearlyGood, weight: 6 },
  { arbitrary: soup.map((parts) => parts.join('')), weight: 3 },
  { arbitrary: tree.map((content) => JSON.stringify(content) ?? ''), weight: 2 },
  { arbitrary: nested, weight: 1 },
)
const flagNames = fc.constantFrom('config', ...settingKeys.map(flagName))
const variableNames = fc.constantFrom('LADING_CONFIG', ...settingKeys.map(environmentName))
const anyVariable = fc.string().map((name) => `LADING_${name}`)
const seldom = (names: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
  fc.oneof(
    { arbitrary: fc.constant({}), weight: 3 },
    { arbitrary: fc.dictionary(names, value, { maxKeys: 3 }), weight: 1 },
  )
const given: fc.Arbitrary<GivenConfig> = fc.record({
  flags: seldom(fc.oneof(flagNames, fc.string())),
  env: seldom(fc.oneof(variableNames, anyVariable)),
  files: file.map((text): Record<string, string> => ({ '/here/lading.yaml': text })),
})

test(`any configuration gives a configuration or mistakes, soon (${runs} runs, seed ${seed})`, (t) => {
  t.diagnostic(`LADING_FUZZ_RUNS=${runs} LADING_FUZZ_SEED=${seed}`)
  let taken = 0
  let slowest = 0
  const property = fc.property(given, (input) => {
    let { loaded, ms } = timed(input)
    // What the collector or the compiler took the first time, it does not take again.
    for (let again = 0; ms >= mostMs && again < 2; again++) ({ loaded, ms } = timed(input))
    slowest = Math.max(slowest, ms)
    assert.ok(ms < mostMs, `it took ${ms} ms`)
    if ('mistakes' in loaded)
      assert.ok(loaded.mistakes.length > 0 && loaded.mistakes.every((one) => describeMistake(one) !== ''))
    else taken += checkTaken(loaded)
  })
  fc.assert(property, { numRuns: runs, seed })
  t.diagnostic(`taken ${taken} of ${runs}; slowest ${slowest.toFixed(1)} ms`)
  assert.ok(taken > 0 && taken < runs, 'the cases are all of one kind')
  assert.equal(({} as Record<string, unknown>)['immutableTags'], undefined)
})

type Loaded = ReturnType<typeof loadConfig>

function timed(input: GivenConfig): { loaded: Loaded; ms: number } {
  const started = process.cpuUsage()
  const loaded = loadConfig(inputOf(input))
  const { user, system } = process.cpuUsage(started)
  return { loaded, ms: (user + system) / 1000 }
}

function checkTaken({ config, sources }: LoadedConfig): number {
  assert.deepEqual(Object.keys(sources).sort(), [...settingKeys].sort())
  assert.ok(config.limits.manifestBytes >= 4_194_304 && config.limits.linksPerManifest <= 400)
  assert.ok(Number.isSafeInteger(config.limits.graceTime) && config.data.startsWith('/'))
  return 1
}
