import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Answer, ask } from '../../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'

const search = '/api/v1/search'
/** Far more than any of these takes, and less than what a bomb would. */
const soonMs = 2_000

let world: SearchedRegistry

before(async () => {
  world = await startSearchedRegistry()
  await world.create({ slug: 'left-pad', metadata: { name: 'Left pad', description: 'C++ and a OR b (c)' } })
})
after(() => world[Symbol.asyncDispose]())

async function soon(path: string): Promise<Answer> {
  const begun = performance.now()
  const answer = await ask(world.url, { path })
  const took = performance.now() - begun
  assert.ok(took < soonMs, `${path.slice(0, 80)} took ${took} ms`)
  return answer
}

async function refused(query: string, path = search): Promise<Record<string, unknown>> {
  const answer = await soon(`${path}?${query}`)
  assert.equal(answer.status, 400, query.slice(0, 80))
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const { requestId, ...problem } = answer.json()
  assert.equal(requestId, answer.headers['x-request-id'])
  const { type, title, status, code, ...said } = problem
  assert.deepEqual(
    [type, title, status, code],
    ['/problems/parameter-invalid', 'Parameter invalid', 400, 'parameter-invalid'],
  )
  return said
}

describe('a parameter that cannot be', () => {
  const cases: Readonly<Record<string, readonly [parameter: string, detail: RegExp]>> = {
    'licence=MIT': ['licence', /^invalid licence: there is no such parameter; did you mean license\?$/],
    'Q=a': ['Q', /did you mean q\?$/],
    [`${'x'.repeat(9_000)}=1`]: [
      `${'x'.repeat(40)}…`,
      /there is no such parameter; there are q, platform, .*, pageSize$/,
    ],
    'q=a&q=b': ['q', /it is given 2 times; give it once$/],
    'limit=101': ['limit', /it is no whole number from 0 to 100$/],
    'limit=-1': ['limit', /whole number/],
    'limit=1e2': ['limit', /whole number/],
    'limit=': ['limit', /whole number/],
    'limit=%EF%BC%91': ['limit', /whole number/],
    'minDownloads=9999999999999999': ['minDownloads', /whole number/],
    'facetLimit=0': ['facetLimit', /whole number from 1 to 1000$/],
    'kind=skil': [
      'kind',
      /^invalid kind: there is no kind “skil”; there are persona, .*; did you mean skill\?$/,
    ],
    'q=pad+kind:skil': ['q', /^invalid q: there is no kind “skil”; .*; did you mean skill\?$/],
    [`kind=${'k'.repeat(9_000)}`]: ['kind', /there is no kind “k{40}…”; there are .*file$/],
    'kind=': ['kind', /it is empty; give a value, or leave it out$/],
    'sort=stras': ['sort', /it is none of .*; did you mean stars\?$/],
    'sort=constructor': ['sort', /it is none of/],
    'order=desc': ['order', /it goes with another sort$/],
    'sort=name&order=up': ['order', /it is none of asc, desc/],
    'deprecated=1': ['deprecated', /it is none of true, false/],
    'explain=yes': ['explain', /true, false/],
    'facets=kind,sort': ['facets', /it is none of kind, namespace/],
    [`facets=${'kind,'.repeat(3_000)}`]: ['facets', /it names more than there are/],
    'createdFrom=2026-02-30': ['createdFrom', /there is no such day or time$/],
    'createdTo=yesterday': ['createdTo', /RFC 3339/],
    'createdFrom=2026-02-02&createdTo=2026-02-01': [
      'createdFrom',
      /^invalid createdFrom: it is after createdTo, so that nothing is between them$/,
    ],
    'updatedFrom=2026-02-01T00:00:01Z&updatedTo=2026-02-01T00:00:00Z': [
      'updatedFrom',
      /it is after updatedTo/,
    ],
    'q=downloads:20..10': [
      'q',
      /^invalid q: downloads:20\.\.10 is no range: nothing is from 20 on and up to 10$/,
    ],
    'q=pad+created:2026-02-02..2026-02-01': ['q', /is no range/],
    'platform=not%20a%20range': ['platform', /semver range/],
    'platform=': ['platform', /semver range/],
    [`platform=${'%3E'.repeat(3_000)}`]: ['platform', /semver range/],
    'after=nonsense': ['after', /not what an earlier page gave/],
    'after=': ['after', /not what an earlier page gave/],
    'after=bnVsbA': ['after', /not what an earlier page gave/],
    'page=0': ['page', /whole number/],
    'page=51': ['page', /pages reach the first 1000 hits; go on by after/],
    'page=999999999999999&pageSize=100': ['page', /pages reach/],
    'page=2&after=abc': ['after', /does not go together/],
    'pageSize=5&limit=5': ['limit', /does not go together/],
    'q=downloads:lots': ['q', /an example: downloads:>=100$/],
    'q=-license:MIT': ['q', /only words can be left out/],
    'q=a%00b': ['q', /it holds a NUL$/],
    'q=a&kind=%00': ['kind', /it holds a NUL$/],
    'q=a&a%00b=c': ['query', /it holds a NUL$/],
    [`${'a'.repeat(100)}=%00`]: ['query', /it holds a NUL$/],
    [`q=${'a'.repeat(10_000)}`]: ['q', /it has 10000 characters, and 1000 are the most/],
    [`q=${'b+'.repeat(400)}`]: ['q', /it has 400 words, and 32 are the most/],
    [`q="${'b+'.repeat(300)}"`]: ['q', /phrases and names have 300 words, and 128 are the most/],
    'q=a*+b*+c*': ['q', /it has 3 beginnings of one letter, and 2 are the most/],
    [Array.from({ length: 65 }, (_, n) => `kind=k${n}`).join('&')]: ['kind', /it is given 65 times/],
    [Array.from({ length: 2_000 }, () => 'kind=a').join('&')]: ['kind', /it is given 2000 times, and 64/],
    [Array.from({ length: 2_000 }, (_, n) => `x${n}`).join('&')]: ['x0', /there is no such parameter/],
    [['namespace', 'topic', 'skill', 'license', 'author']
      .flatMap((name) => Array.from({ length: 60 }, (_, n) => `${name}=${n}`))
      .join('&')]: ['filter', /300 values are asked for, and 256 are the most/],
  }
  for (const [query, [parameter, detail]] of Object.entries(cases))
    it(`is refused by its name: ${query.slice(0, 40)}`, async () => {
      const said = await refused(query)
      assert.deepEqual([said['parameter'], Object.keys(said)], [parameter, ['detail', 'parameter']])
      assert.match(String(said['detail']), detail)
      assert.ok(String(said['detail']).length < 400, 'what was sent is not sent back whole')
    })

  it('is refused where names are completed', async () => {
    const suggest = '/api/v1/suggest'
    assert.deepEqual(await refused('kind=a', suggest), {
      detail: 'invalid kind: there is no such parameter; there are q, limit',
      parameter: 'kind',
    })
    assert.equal((await refused(`q=${'a'.repeat(10_000)}`, suggest))['parameter'], 'q')
    assert.equal((await refused('q=a&limit=0', suggest))['parameter'], 'limit')
    assert.equal((await refused('q=%00', suggest))['parameter'], 'q')
  })

  it('is refused before any door where there are 10,000 of them', async () => {
    const filters = Array.from({ length: 10_000 }, (_, n) => `kind=k${n}`).join('&')
    const answer = await soon(`${search}?${filters}`)
    assert.equal(answer.status, 431)
  })
})

describe('a text that means something elsewhere', () => {
  const texts = [
    'left AND pad',
    'left OR nothing',
    'NEAR(left pad, 5)',
    'left NOT pad',
    '"left" * pad',
    'slug : pad',
    '{name description} : pad',
    '^left',
    'left + pad',
    '"unclosed',
    '""',
    '"""',
    '-',
    '--',
    '*',
    '**',
    '?',
    '* OR 1=1',
    "'; DROP TABLE artifacts; --",
    'pad~2',
    'pad^9',
    '[a TO z]',
    '/.*a.*/',
    '(a+)+$',
    `(${'a*'.repeat(100)})*b`,
    `${'('.repeat(400)}${')'.repeat(400)}`,
    '_exists_:name',
    'kind:*',
    'name:',
    ':',
    'a:b:c:d',
    '$where:1',
    '{"$gt":""}',
    '%',
    '_',
    '\\',
    '\\u0000',
    '\u202egnp',
    '\ufeff',
    '👩‍👩‍👧‍👦',
    'a\u0300'.repeat(300),
    'i̇'.repeat(300),
    'ﷺ'.repeat(300),
    'a'.repeat(1_000),
    `${'a'.repeat(999)}*`,
    '0gap0',
    '__proto__',
    'constructor',
    'toString:x',
    '🜁'.repeat(400),
    `"${'left '.repeat(190)}"`,
    'platform:"',
  ]
  for (const text of texts)
    it(`is words, and answered in time: ${JSON.stringify(text.slice(0, 30))}`, async () => {
      const q = encodeURIComponent(text)
      for (const path of [
        `${search}?q=${q}&facets=all&explain=true`,
        `${search}?q=${q}&asTyped=true&sort=name`,
        `${search}?license=${q}&topic=${q}`,
        `/api/v1/suggest?q=${encodeURIComponent([...text].slice(0, 40).join(''))}`,
      ]) {
        const answer = await soon(path)
        assert.ok([200, 400].includes(answer.status), `${answer.status} ${path}: ${answer.text()}`)
        if (answer.status === 400) assert.match(answer.json().detail, /^invalid (q|platform): /)
        assert.deepEqual(world.reported, [])
      }
    })

  it('finds what has these words, and nothing more for its signs', async () => {
    for (const [text, total] of [
      ['left AND pad', 1],
      ['"left pad"', 1],
      ['left -pad', 0],
      ['* OR left', 1],
      ['* OR 1=1', 0],
      ['zzz*', 0],
    ] as const) {
      const answer = await soon(`${search}?q=${encodeURIComponent(text)}`)
      assert.equal(answer.json().total, total, text)
    }
  })

  it('is taken as it is where its encoding is broken', async () => {
    for (const query of ['q=%', 'q=%zz', 'q=%C3%28', 'q=%ED%A0%80', 'q=+%2B+', '&&&', '=', 'q'])
      assert.ok([200, 400].includes((await soon(`${search}?${query}`)).status), query)
    assert.deepEqual(world.reported, [])
  })
})
