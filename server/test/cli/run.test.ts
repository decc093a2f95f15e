import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/run.ts'
import type { ConfigKey } from '../../src/config/config.ts'
import { flagName, settingKeys, settings } from '../../src/config/settings.ts'
import { type GivenWorld, TestWorld } from './test-world.ts'

async function call(
  line: string,
  given: GivenWorld = {},
): Promise<{ code: number; out: string; err: string }> {
  const world = new TestWorld(given)
  const code = await run(line === '' ? [] : line.split(' '), world)
  return { code, out: world.printed.join('\n'), err: world.complained.join('\n') }
}

test('nothing, help, --help and -h tell the commands; --version is version', async () => {
  const { code, out, err } = await call('')
  assert.deepEqual([code, err], [0, ''])
  const width = Math.max(...commands.map(({ name }) => name.length))
  for (const { name, summary } of commands) assert.ok(out.includes(`${name.padEnd(width)}  ${summary}`), name)
  for (const line of ['help', '--help', '-h']) assert.deepEqual(await call(line), { code, out, err })
  assert.deepEqual(await call('--version'), await call('version'))
})

test('each command explains itself with usage, flags and examples that it takes', async () => {
  for (const command of commands) {
    const { code, out, err } = await call(`${command.name} --help`)
    assert.deepEqual([code, err], [0, ''], command.name)
    assert.ok(out.startsWith(`${command.summary}.\n\nUsage: lading ${command.name}`), out)
    for (const name of Object.keys(command.flags)) assert.ok(out.includes(`  --${name}`), name)
    assert.ok(command.examples.length > 0)
    for (const example of command.examples) {
      assert.ok(out.includes(`  ${example}`))
      assert.ok(example.startsWith(`lading ${command.name}`), example)
    }
    assert.deepEqual(await call(`help ${command.name}`), { code, out, err })
    assert.deepEqual(await call(`${command.name} -h`), { code, out, err })
  }
})

test('help fits into 100 columns, and every setting says what it wants', async () => {
  for (const line of ['help', 'tag --help', ...commands.map(({ name }) => `help ${name}`)]) {
    const { out } = await call(line)
    for (const one of out.split('\n')) assert.ok(one.length <= 100, `${line}: ${one}`)
  }
  const spaced = (await call('serve --help')).out.replaceAll(/\s+/g, ' ')
  for (const key of settingKeys) {
    const { about, type, default: preset } = settings[key]
    const told = `--${flagName(key)} <value> ${about} Wants ${type.wanted}. Default: `
    assert.ok(spaced.includes(told), told)
    if (typeof preset === 'string') assert.ok(spaced.includes(`${told}${preset}.`), key)
  }
})

test('what is no command of a group is answered by those that the group has', async () => {
  const { err } = await call('user show bob')
  assert.match(err, /^lading: there is no command "user show"/)
  assert.match(err, /user create/)
  assert.equal(/reindex|namespace create/.test(err), false)
})

test('what is not understood names the nearest and exits 2', async () => {
  const cases: [line: string, err: RegExp][] = [
    ['servv', /^lading: there is no command "servv"; did you mean serve\?\n/],
    ['zebra', /^lading: there is no command "zebra"\n\nLading: /],
    ['tag', /^lading: tag wants one of: history, restore$/],
    ['tag --json', /^{"error":"tag wants one of: history, restore"}$/],
    ['tag restor x', /^lading: there is no command "tag restor"; did you mean tag restore\?/],
    ['help servr', /^lading help: there is no command "servr"; did you mean serve\?$/],
    [
      'serve --lisen x',
      /^lading serve: there is no flag --lisen; did you mean --listen\?\nSee `lading serve --help`\.$/,
    ],
    ['serve --listen', /^lading serve: --listen wants <value> after it\n/],
    ['version --json=1', /^lading version: --json takes no value\n/],
    ['version --json --json', /^{"error":"--json is given more than once"}$/],
    ['serve --data=a --listen x --data b --data c', /^lading serve: --data is given more than once\nSee /],
    ['version extra', /^lading version: does not know what to do with "extra"\n/],
    ['tag history', /^lading tag history: wants <ref>\n/],
    ...['', ' --at 2026-01-01T00:00:00Z --previous', ' --to x --at y', ' --to x --previous'].map(
      (flags): [string, RegExp] => [
        `tag restore 127.0.0.1:1/a/b:c${flags}`,
        /^lading tag restore: wants exactly one of --to <digest>, --at <time> and --previous$/,
      ],
    ),
    ['tag history nowhere:v1', /^lading tag history: wants host\[:port\]\/name:tag, /],
    ['tag history 127.0.0.1:1/A:v1', /^lading tag history: invalid repository name "A"/],
    ['tag history 127.0.0.1:1/a:v1 --limit 0', /^lading tag history: --limit wants a whole number/],
    ['passwd a:b', /^lading passwd: .*not "a:b"$/],
  ]
  for (const [line, err] of cases) {
    const answer = await call(line)
    assert.deepEqual([answer.code, answer.out], [2, ''], line)
    assert.match(answer.err, err)
  }
})

test('config prints each value with its source and no secret', async () => {
  const passwordHash = `$scrypt$ln=15,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
  const files = { '/here/lading.yaml': `users:\n  - { name: alice, passwordHash: "${passwordHash}" }` }
  const given: GivenWorld = { files, env: { LADING_LIMITS_GRACE_TIME: '90m' } }
  const text = await call('config --listen 127.0.0.1:0', given)
  assert.deepEqual([text.code, text.err], [0, ''])
  const lines = text.out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))
  assert.ok(lines.includes('listen | 127.0.0.1:0 | flag --listen'), text.out)
  assert.ok(lines.includes('limits.graceTime | 1h30m | environment LADING_LIMITS_GRACE_TIME'))
  assert.ok(lines.includes('users | [{"name":"alice","passwordHash":"********"}] | file lading.yaml:1'))
  assert.ok(lines.includes('limits.manifestBytes | 8 MiB | default'))
  const json = await call('config --json', given)
  const { file, settings } = JSON.parse(json.out)
  assert.equal(file, '/here/lading.yaml')
  assert.equal(settings.length, lines.length)
  assert.deepEqual(settings[0], { key: 'listen', value: '127.0.0.1:7070', from: 'default', where: '' })
  assert.ok(!`${text.out}${json.out}`.includes('$scrypt'))
})

test('config writes what is the default as the reference does, wherever it comes from', async () => {
  const env = {
    LADING_LIMITS_GRACE_TIME: '1d',
    LADING_CACHE_BYTES: '131072KiB',
    LADING_LIMITS_TRASH_DELAY: '75s',
  }
  const { out } = await call('config --json', { env })
  const rows = JSON.parse(out).settings as { key: ConfigKey; value: unknown; from: string }[]
  const shown = new Map(rows.map(({ key, value }) => [key, value]))
  assert.equal(shown.get('limits.graceTime'), '24h')
  assert.equal(shown.get('cache.bytes'), '128 MiB')
  assert.equal(shown.get('limits.trashDelay'), '1m15s')
  for (const { key, value, from } of rows) {
    if (from === 'default' && key !== 'data') assert.deepEqual(value, settings[key].default ?? null, key)
  }
  assert.ok((await call('config')).out.includes('  75s  '))
})

test('config lists all mistakes and exits 1', async () => {
  const given: GivenWorld = { env: { LADING_LISTEN: 'x', LADING_LIMITS_PAGE_SIZE: '0' } }
  const text = await call('config', given)
  assert.deepEqual([text.code, text.out], [1, ''])
  assert.match(
    text.err,
    /^The configuration has 2 mistakes:\n {2}LADING_LISTEN: listen wants .*\n {2}LADING_LIMITS_PAGE_SIZE: .*$/,
  )
  const json = await call('config --json', given)
  assert.deepEqual([json.code, json.out], [1, ''])
  assert.deepEqual(
    JSON.parse(json.err).mistakes.map(({ where }: { where: string }) => where),
    ['LADING_LISTEN', 'LADING_LIMITS_PAGE_SIZE'],
  )
})

test('a word that several commands begin with explains them', async () => {
  for (const line of ['tag --help', 'tag -h', 'tag --json --help', 'help tag']) {
    const { code, out, err } = await call(line)
    assert.deepEqual([code, err], [0, ''], line)
    for (const name of ['tag history', 'tag restore']) assert.ok(out.includes(`  ${name}  `), line)
    assert.ok(!out.includes('serve'), line)
  }
})

test('a flag with a value that is none is a usage error, as one that is not known', async () => {
  const cases: [line: string, given: GivenWorld, code: number][] = [
    ['serve --listen 7070', {}, 2],
    ['config --listen 7070', {}, 2],
    ['config --limits-grace-time 5', { env: { LADING_LISTEN: 'x' } }, 2],
    ['config', { env: { LADING_LISTEN: '7070' } }, 1],
    ['config', { files: { '/here/lading.yaml': 'listen: 7070' } }, 1],
  ]
  for (const [line, given, expected] of cases) {
    const { code, out, err } = await call(line, given)
    assert.deepEqual([code, out], [expected, ''], line)
    assert.match(err, /^The configuration has (?:a mistake|2 mistakes):/)
  }
  const { err } = await call('serve --listen 7070')
  assert.match(err, /--listen: listen wants host:port, .*the host is missing/)
})
