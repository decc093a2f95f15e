import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../src/cli/run.ts'
import { type Answer, digestOf, standInRegistry } from './stand-in-registry.ts'
import { type GivenWorld, TestWorld } from './test-world.ts'

const older = '{"older":1}'
const newer = '{"newer":1}'
const type = 'application/vnd.oci.image.manifest.v1+json'

async function call(
  line: string,
  given: GivenWorld = {},
): Promise<{ code: number; out: string; err: string }> {
  const world = new TestWorld(given)
  const code = await run(line.split(' '), world)
  return { code, out: world.printed.join('\n'), err: world.complained.join('\n') }
}

const manifest = (text: string): Answer => [
  200,
  { 'content-type': type, 'docker-content-digest': digestOf(text) },
  text,
]
const head: Answer = [200, { etag: '"e1"', 'docker-content-digest': digestOf(newer) }]

function entry(seq: number): object {
  return {
    seq,
    at: `2026-01-0${seq}T00:00:00Z`,
    change: seq === 1 ? 'create' : 'move',
    digest: digestOf(String(seq)),
    previous: seq === 1 ? null : digestOf(String(seq - 1)),
    by: 'alice',
  }
}

test('history walks the pages, newest first, and keeps its limit', async () => {
  const page = (seqs: number[], next?: string): Answer => [
    200,
    {},
    JSON.stringify({ name: 'a/b', tag: 'v1', entries: seqs.map(entry), next }),
  ]
  await using registry = await standInRegistry({
    'GET /v2/a/b/_lading/tags/v1/history?n=100': page([3, 2], 'more'),
    'GET /v2/a/b/_lading/tags/v1/history?n=98&last=2': page([1]),
    'GET /v2/a/b/_lading/tags/v1/history?n=1': page([3], 'more'),
  })
  const all = await call(`tag history ${registry.host}/a/b:v1`)
  assert.deepEqual(all, {
    code: 0,
    err: '',
    out: [
      `2026-01-03T00:00:00Z  move    ${digestOf('3')} (was ${digestOf('2')})  by alice`,
      `2026-01-02T00:00:00Z  move    ${digestOf('2')} (was ${digestOf('1')})  by alice`,
      `2026-01-01T00:00:00Z  create  ${digestOf('1')}  by alice`,
    ].join('\n'),
  })
  const one = await call(`tag history ${registry.host}/a/b:v1 --limit 1 --json`)
  assert.deepEqual(JSON.parse(one.out), { name: 'a/b', tag: 'v1', entries: [{ ...entry(3), kept: true }] })
  assert.equal(registry.seen.length, 3)
})

test('credentials come from flag and standard input, or from the environment', async () => {
  const empty: Answer = [200, {}, '{"entries":[]}']
  await using registry = await standInRegistry({ 'GET /v2/library/app/_lading/tags/v1/history?n=100': empty })
  const ref = `${registry.host}/app:v1`
  assert.equal((await call(`tag history ${ref} --user alice --password-stdin`, { piped: 'p:ä\n' })).code, 0)
  assert.equal(
    (await call(`tag history ${ref}`, { env: { LADING_USER: 'bob', LADING_PASSWORD: 'q' } })).code,
    0,
  )
  assert.equal((await call(`tag history ${ref}`)).code, 0)
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  assert.deepEqual(
    registry.seen.map(({ headers }) => headers.authorization),
    [basic('alice:p:ä'), basic('bob:q'), undefined],
  )
  assert.equal((await call(`tag history ${ref} --user alice`)).code, 2)
  assert.equal((await call(`tag history ${ref} --password-stdin`, { piped: 'p' })).code, 2)
  assert.equal(registry.seen.length, 3)
})

/** By the digest, so that its algorithm is kept, with the tag beside it. */
const putOlder = `PUT /v2/a/b/manifests/${digestOf(older)}?tag=v1`

test('restore puts the very bytes back, only while the tag is what was seen', async () => {
  await using registry = await standInRegistry({
    [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(older),
    'GET /v2/a/b/manifests/v1?at=2026-01-01T00%3A00%3A00%2B01%3A00': manifest(older),
    'HEAD /v2/a/b/manifests/v1': head,
    [putOlder]: [201],
  })
  const ref = `${registry.host}/a/b:v1`
  for (const way of [`--to ${digestOf(older)}`, '--at 2026-01-01T00:00:00+01:00']) {
    const { code, out, err } = await call(`tag restore ${ref} ${way}`)
    assert.deepEqual([code, err], [0, ''])
    assert.equal(out, `${ref} names ${digestOf(older)} (before: ${digestOf(newer)})`)
    const put = registry.seen.at(-1)!
    assert.deepEqual(
      [
        put.line,
        put.body,
        put.headers['content-type'],
        put.headers['if-match'],
        put.headers['if-none-match'],
      ],
      [putOlder, older, type, '"e1"', undefined],
    )
  }
})

test('restore of a deleted tag makes it only while it is gone', async () => {
  await using registry = await standInRegistry({
    [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(older),
    'HEAD /v2/a/b/manifests/v1': [404],
    [putOlder]: [201],
  })
  const { code, out } = await call(`tag restore ${registry.host}/a/b:v1 --to ${digestOf(older)} --json`)
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(out), {
    name: 'a/b',
    tag: 'v1',
    digest: digestOf(older),
    previous: null,
    moved: true,
  })
  const { headers } = registry.seen.at(-1)!
  assert.deepEqual([headers['if-match'], headers['if-none-match']], [undefined, '*'])
})

test('restore to what is there does nothing', async () => {
  await using registry = await standInRegistry({
    [`GET /v2/a/b/manifests/${digestOf(newer)}`]: manifest(newer),
    'HEAD /v2/a/b/manifests/v1': head,
  })
  const ref = `${registry.host}/a/b:v1`
  const { code, out } = await call(`tag restore ${ref} --to ${digestOf(newer)}`)
  assert.deepEqual([code, out], [0, `${ref} already names ${digestOf(newer)}`])
  assert.deepEqual(
    registry.seen.map(({ line }) => line.split(' ')[0]),
    ['GET', 'HEAD'],
  )
})

test('a lost race, other bytes, and a refusal are told and move nothing', async () => {
  const lost = {
    [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(older),
    'HEAD /v2/a/b/manifests/v1': head,
    [putOlder]: [412] as Answer,
  }
  const cases: [answers: Record<string, Answer>, told: RegExp][] = [
    [lost, /somebody else moved v1 meanwhile/],
    [
      { ...lost, [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(newer) },
      /are others; nothing was moved/,
    ],
    [
      {
        ...lost,
        [putOlder]: [401, {}, '{"errors":[{"code":"UNAUTHORIZED","message":"who is it?"}]}'],
      },
      /answers 401: who is it\?; log in with --user/,
    ],
    [{ ...lost, 'HEAD /v2/a/b/manifests/v1': [200] }, /gives no ETag/],
    [{}, /answers 500: unforeseen: GET /],
  ]
  for (const [answers, told] of cases) {
    await using registry = await standInRegistry(answers)
    const { code, out, err } = await call(`tag restore ${registry.host}/a/b:v1 --to ${digestOf(older)}`)
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, told)
  }
})

test('a registry that is not there, or is none, is told as such', async () => {
  let gone = ''
  {
    await using registry = await standInRegistry({
      'GET /v2/a/b/_lading/tags/v1/history?n=100': [200, {}, '<html>'],
    })
    gone = registry.host
    const none = await call(`tag history ${gone}/a/b:v1 --json`)
    assert.equal(none.code, 1)
    assert.match(JSON.parse(none.err).error, /^this is no history of a tag/)
  }
  const { code, err } = await call(`tag history ${gone}/a/b:v1`)
  assert.equal(code, 1)
  assert.match(err, /cannot be reached: .*ECONNREFUSED/)
})

test('history shows what is gone, of entries that name something', async () => {
  const entries = [
    { ...entry(3), digest: null, change: 'delete', kept: false },
    { ...entry(2), kept: false },
    { ...entry(1), kept: true },
  ]
  await using registry = await standInRegistry({
    'GET /v2/a/b/_lading/tags/v1/history?n=100': [200, {}, JSON.stringify({ entries })],
  })
  const { code, out } = await call(`tag history ${registry.host}/a/b:v1`)
  assert.equal(code, 0)
  assert.deepEqual(out.split('\n'), [
    `2026-01-03T00:00:00Z  delete  ${digestOf('2')}  by alice`,
    `2026-01-02T00:00:00Z  move    ${digestOf('2')} (gone) (was ${digestOf('1')})  by alice`,
    `2026-01-01T00:00:00Z  create  ${digestOf('1')}  by alice`,
  ])
})

/** The newest entry of a tag's history, as a page of its own. */
const newest = (digest: string | null, previous: string | null): Answer => [
  200,
  {},
  JSON.stringify({ entries: [{ ...entry(3), digest, previous }], next: 3 }),
]

test('restore --previous goes back one change, a deletion too', async () => {
  const cases: [history: Answer, head: Answer, guard: string | undefined][] = [
    [newest(digestOf(newer), digestOf(older)), head, '"e1"'],
    [newest(null, digestOf(older)), [404], undefined],
  ]
  for (const [history, current, guard] of cases) {
    await using registry = await standInRegistry({
      'GET /v2/a/b/_lading/tags/v1/history?n=1': history,
      [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(older),
      'HEAD /v2/a/b/manifests/v1': current,
      [putOlder]: [201],
    })
    const { code, out, err } = await call(`tag restore ${registry.host}/a/b:v1 --previous --json`)
    assert.deepEqual([code, err], [0, ''])
    const previous = guard === undefined ? null : digestOf(newer)
    assert.deepEqual(JSON.parse(out), {
      name: 'a/b',
      tag: 'v1',
      digest: digestOf(older),
      previous,
      moved: true,
    })
    const put = registry.seen.at(-1)!
    assert.deepEqual([put.body, put.headers['if-match']], [older, guard])
    assert.equal(put.headers['if-none-match'], guard === undefined ? '*' : undefined)
  }
})

test('restore --previous of a tag that moved since, or has no before, moves nothing', async () => {
  const cases: [history: Answer, told: RegExp][] = [
    [newest(digestOf('third'), digestOf(older)), /somebody else moved v1 meanwhile/],
    [newest(null, digestOf(older)), /somebody else moved v1 meanwhile/],
    [newest(digestOf(newer), null), /v1 named nothing before its newest change; .*--to/],
    [[200, {}, '{"entries":[]}'], /there has never been a tag v1 in a\/b/],
  ]
  for (const [history, told] of cases) {
    await using registry = await standInRegistry({
      'GET /v2/a/b/_lading/tags/v1/history?n=1': history,
      [`GET /v2/a/b/manifests/${digestOf(older)}`]: manifest(older),
      'HEAD /v2/a/b/manifests/v1': head,
    })
    const { code, out, err } = await call(`tag restore ${registry.host}/a/b:v1 --previous`)
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, told)
    assert.ok(registry.seen.every(({ line }) => !line.startsWith('PUT')))
  }
})

test('restore to what was deleted says so', async () => {
  const gone = digestOf('1')
  const entries = [
    { ...entry(2), digest: null, previous: gone, change: 'delete', kept: false },
    { ...entry(1), kept: false },
  ]
  const page: Answer = [200, {}, JSON.stringify({ entries })]
  await using registry = await standInRegistry({
    'GET /v2/a/b/_lading/tags/v1/history?n=1': page,
    'GET /v2/a/b/_lading/tags/v1/history?n=100': page,
    [`GET /v2/a/b/manifests/${gone}`]: [404],
    [`GET /v2/a/b/manifests/${digestOf('never')}`]: [404],
  })
  for (const way of [`--to ${gone}`, '--previous']) {
    const { code, err } = await call(`tag restore ${registry.host}/a/b:v1 ${way}`)
    assert.equal(code, 1)
    assert.match(err, new RegExp(`restore: ${gone} was deleted from a/b since v1 named it`))
  }
  const { err } = await call(`tag restore ${registry.host}/a/b:v1 --to ${digestOf('never')}`)
  assert.match(err, new RegExp(`a/b has no manifest ${digestOf('never')}, and v1 has never named it$`))
})
