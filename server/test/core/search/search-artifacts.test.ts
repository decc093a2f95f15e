import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorOf } from '../../../src/core/artifacts/author.ts'
import type { SearchRequest } from '../../../src/core/search/search-request.ts'
import { suggest } from '../../../src/core/search/suggest.ts'
import { parseNamespace } from '../../../src/domain/repository-name.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import { searchBounds } from '../../../src/ports/search/search.ts'
import { codeOf } from '../authoring/kit.ts'
import { searchWorld } from './kit.ts'

const tools = {
  'left-pad': 'Pads a string on its left side',
  'right-pad': 'Pads a string on its right side',
  leftpadding: 'Something about left pad that is not it',
  parser: 'Parses http headers, see parseHttpHeader',
  'crème-brûlée': 'A dessert of Straßburg',
  検索: '全文検索エンジン',
}

test('who has the very name comes first, however it is written', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  for (const text of ['left-pad', 'Left-Pad', 'acme/left-pad', '@acme/left-pad', '"left-pad"', ' left-pad '])
    assert.equal((await world.names(text))[0], 'left-pad', text)
  assert.equal((await world.names('leftpad'))[0], 'left-pad')
  assert.equal((await world.names('leftpadding'))[0], 'leftpadding')
})

test('what answers call an artifact finds it first, however common its words are', async () => {
  await using world = await searchWorld()
  for (let n = 0; n < 12; n++)
    await world.create({
      metadata: { name: `n${n}`, description: 'A workflow of acme for each app' },
      published: true,
    })
  const given = { slug: 'app', metadata: { name: 'Something' }, source: 'none', published: true } as const
  await world.create({ ...given, kind: 'persona' })
  for (const text of ['persona:acme/app', 'Persona:Acme/App', 'acme/app'])
    assert.equal((await world.names(text))[0], 'Something', text)
  // Where the kind is a word that others have.
  await world.publish({ one: 'persona', two: 'persona two' })
  assert.equal((await world.names('persona:acme/app'))[0], 'Something')
  assert.equal((await world.search('none:acme/app')).relaxed, 'any')
})

test('what is left out is no part of a name', async () => {
  await using world = await searchWorld()
  await world.publish({ pad: 'Pads', 'pad-right': 'Pads on the right', 'pad-left': 'Pads on the left' })
  const { hits, relaxed } = await world.search('pad -right')
  assert.deepEqual(
    [hits.map(({ artifact, named }) => [artifact.name, named]), relaxed],
    [
      [
        ['pad', true],
        ['pad-left', false],
      ],
      'none',
    ],
  )
})

test('case and accents do not matter, names of code are taken apart, and scripts without blanks are searched', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  const found: Readonly<Record<string, string>> = {
    'creme brulee': 'crème-brûlée',
    CRÈME: 'crème-brûlée',
    strassburg: 'crème-brûlée',
    'http header': 'parser',
    parsehttpheader: 'parser',
    parseHttpHeader: 'parser',
    'parse headers': 'parser',
    全文: '検索',
    検索エンジン: '検索',
  }
  for (const [text, slug] of Object.entries(found)) assert.deepEqual(await world.names(text), [slug], text)
})

test('phrases, exclusions and terms narrow down what is found', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  assert.deepEqual([...(await world.names('"left side"'))], ['left-pad'])
  assert.deepEqual([...(await world.names('pads -right'))].sort(), ['left-pad', 'leftpadding'])
  assert.deepEqual([...(await world.names('pads -"left side"'))].sort(), ['leftpadding', 'right-pad'])
  assert.deepEqual([...(await world.names('name:pad side'))].sort(), ['left-pad', 'right-pad'])
  assert.deepEqual([...(await world.names('description:pad'))].sort(), [
    'left-pad',
    'leftpadding',
    'right-pad',
  ])
  assert.deepEqual([...(await world.names('pars*'))], ['parser'])
  assert.deepEqual([...(await world.names({ text: 'dess', asTyped: true }))], ['crème-brûlée'])
  assert.equal((await world.search({ text: 'dess', asTyped: true })).relaxed, 'none')
  assert.equal((await world.search({ text: 'dess ', asTyped: true })).relaxed, 'typos')
  assert.equal((await world.search('kind:persona')).total, 6)
  assert.equal((await world.search('kind:agent')).total, 0)
  assert.equal((await world.search('publisher:ADA namespace:acme pad')).total, 3)
})

test('where few are found near spellings are looked for, and what was meant is suggested', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  const { hits, relaxed, suggestion } = await world.search('dessrt')
  assert.deepEqual([hits[0]?.artifact.name, relaxed, suggestion], ['crème-brûlée', 'typos', 'dessert'])
  assert.equal((await world.search('parsehttphaeder')).hits[0]?.artifact.name, 'parser')
  assert.equal((await world.search('dssrt')).total, 0, 'two letters of five are too many')
  assert.equal((await world.search('sde')).total, 0, 'short words are as they are')
  const any = await world.search('dessert of nowhere anyone knows')
  assert.deepEqual([any.relaxed, any.hits[0]?.artifact.name], ['any', 'crème-brûlée'])
  const exact = await world.search('dessert')
  assert.deepEqual([exact.relaxed, exact.suggestion], ['none', undefined])
})

test('a text of signs alone finds nothing, where an empty one finds everything', async () => {
  await using world = await searchWorld()
  await world.publish({ draws: 'draws shapes', 'left-pad': 'pads from the left, and that is all!!!' })
  for (const text of ['!!!', '🚀', '...', '"', '""', '"()"', '-', '-"…"', 'name:!'])
    assert.deepEqual(
      { text, ...(await world.search({ text, countFacets: ['kind'] })) },
      { text, hits: [], total: 0, facets: { kind: [] }, relaxed: 'none', degraded: false, engine: 'memory' },
    )
  for (const text of ['', ' \t', 'kind:persona', '!!! kind:persona', 'draws !!!', '-!!! draws'])
    assert.notEqual((await world.search(text)).total, 0, text)
})

test('languages that are a letter and signs are found by these, and by how they are called in letters', async () => {
  await using world = await searchWorld()
  await world.publish({
    'C++ starter': 'for the old one',
    'sharp-tools': 'Written in C# and F#.',
    'c-plain': 'C and f, without any more',
  })
  const found: Readonly<Record<string, readonly string[]>> = {
    'c++': ['C++ starter'],
    cpp: ['C++ starter'],
    'C++ starter': ['C++ starter'],
    'c#': ['sharp-tools'],
    csharp: ['sharp-tools'],
    'F#': ['sharp-tools'],
    '"c#"': ['sharp-tools'],
  }
  for (const [text, names] of Object.entries(found)) assert.deepEqual(await world.names(text), names, text)
  assert.equal((await world.names('c'))[0], 'c-plain')
})

test('snippets show what was found, marked where it stands, and one word of the source too', async () => {
  await using world = await searchWorld()
  const long = `${'Words that say nothing. '.repeat(30)}Then comes the needle in it. ${'More of them. '.repeat(30)}`
  await world.create({
    slug: 'hay',
    metadata: { name: 'A stack of hay', description: long, topics: ['Needles'] },
    source: 'line one\nthe thread of it',
    published: true,
  })
  const marked = async (text: string): Promise<Record<string, string>> => {
    const { hits } = await world.search(text)
    return Object.fromEntries(
      (hits[0]?.matches ?? []).map(({ field, text: piece, marks }) => {
        assert.ok(piece.length <= 210, piece)
        const shown = marks
          .toReversed()
          .reduce((all, [from, to]) => `${all.slice(0, from)}[${all.slice(from, to)}]${all.slice(to)}`, piece)
        return [field, shown]
      }),
    )
  }
  const { description = '', topics, ...rest } = await marked('needle')
  assert.match(description, /^… .*comes the \[needle\] in it\. .* …$/)
  assert.deepEqual([topics, rest], ['[Needles]', {}])
  assert.deepEqual(await marked('stacks hay'), { name: '[hay]', title: 'A [stack] of [hay]' })
  assert.deepEqual(await marked('thread'), { source: 'line one the [thread] of it' })
})

test('facets are counted, without their own filter, and several topics are all wanted', async () => {
  await using world = await searchWorld()
  const make = async (slug: string, topics: readonly string[], license: string): Promise<void> => {
    await world.create({ slug, metadata: { name: slug, topics, license }, source: '', published: true })
  }
  await make('a', ['Text', 'cli'], 'MIT')
  await make('b', ['text'], 'mit')
  await make('c', ['cli'], 'Apache-2.0')
  const all = await world.search({ countFacets: ['topic', 'license'] })
  assert.deepEqual(all.facets.license, [
    { value: 'MIT', count: 2 },
    { value: 'Apache-2.0', count: 1 },
  ])
  assert.deepEqual(
    all.facets.topic?.map(({ value, count }) => [value.toLowerCase(), count]),
    [
      ['cli', 2],
      ['text', 2],
    ],
  )
  const both = await world.search({ facets: { topic: ['TEXT', 'cli'] }, countFacets: ['license'] })
  assert.deepEqual([both.total, both.facets.license], [1, [{ value: 'MIT', count: 1 }]])
  const mit = await world.search({ facets: { license: ['mit'] }, countFacets: ['license'], facetLimit: 1 })
  assert.deepEqual([mit.total, mit.facets.license], [2, [{ value: 'MIT', count: 2 }]])
})

test('pages make up the whole, by relevance and by every other order, and a cursor is good for its question alone', async () => {
  await using world = await searchWorld()
  for (let at = 0; at < 25; at++)
    await world.create({
      slug: `tool-${at}`,
      metadata: { name: `Tool ${at % 7}` },
      source: '',
      published: true,
    })
  for (const sort of ['relevance', 'name', 'createdAt', 'downloads'] as const) {
    const found: string[] = []
    const slugs: string[] = []
    let after: string | undefined
    do {
      const page = await world.search({ text: 'tool', sort, limit: 4, ...(after && { after }) })
      assert.equal(page.total, 25)
      found.push(...page.hits.map(({ artifact }) => artifact.name))
      slugs.push(...page.hits.map(({ artifact }) => artifact.slug))
      after = page.next
    } while (after !== undefined)
    assert.equal(new Set(slugs).size, 25, sort)
    assert.equal(found.length, 25, sort)
    assert.deepEqual(await world.names({ text: 'tool', sort, limit: 5, offset: 10 }), found.slice(10, 15))
  }
  const { next = '' } = await world.search({ text: 'tool', limit: 4 })
  assert.equal(await codeOf(world.search({ text: 'other', limit: 4, after: next })), 'parameter-invalid')
  assert.equal(await codeOf(world.search({ text: 'tool', after: 'nonsense' })), 'parameter-invalid')
  assert.equal(await codeOf(world.search({ text: 'tool', after: next, offset: 3 })), 'parameter-invalid')
  assert.equal(await codeOf(world.search({ text: 'tool', offset: 990 })), 'parameter-invalid')
})

test('where pages by number end, the next one goes on by a cursor while there is more', async () => {
  await using world = await searchWorld()
  const count = searchBounds.hits + 3
  for (let at = 0; at < count; at++)
    await world.create({ slug: `tool-${at}`, metadata: { name: `Tool ${at}` }, source: '', published: true })
  const slugs = async (request: Partial<SearchRequest>): Promise<readonly string[]> => {
    const { hits, next } = await world.search({ sort: 'createdAt', limit: 100, ...request })
    const own = hits.map(({ artifact }) => artifact.slug)
    return next === undefined ? own : [...own, ...(await slugs({ ...request, after: next, offset: 0 }))]
  }
  const last = Array.from({ length: 103 }, (_, at) => `tool-${at + count - 103}`)
  assert.deepEqual(new Set(await slugs({ offset: searchBounds.hits - 100 })), new Set(last))
  assert.equal((await slugs({ limit: searchBounds.hits })).length, count)
})

test('what many use comes first among equals, unless that is switched off, and the score is explained', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'same words', two: 'same words', three: 'same words' })
  const three = (await world.search('three')).hits[0]?.artifact.id ?? ''
  await world.artifacts.star(world.test.caller, three, 'ada')
  const [first] = (await world.search({ text: 'same words', explain: true })).hits
  assert.equal(first?.artifact.name, 'three')
  const { popularity = 0, freshness = 0, clauses = [], isNamed } = first?.explanation ?? {}
  assert.deepEqual(
    [popularity > 0, isNamed, clauses.map(({ text }) => text)],
    [true, false, ['same', 'words']],
  )
  const sum = clauses.reduce((all, { score }) => all + score, 0)
  assert.ok(Math.abs((first?.score ?? 0) - sum * (1 + popularity + freshness)) < 1e-9)
  const plain = await world.search({ text: 'same words', boosts: false, explain: true })
  assert.equal(new Set(plain.hits.map(({ score }) => score)).size, 1)
  assert.equal(plain.hits[0]?.explanation?.popularity, 0)
})

test('what cannot be asked is refused and says why', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  const refused = [
    'x'.repeat(1_001),
    Array.from({ length: 40 }, (_, at) => `word${at}`).join(' '),
    'downloads:many',
    'created:2026-13-45',
    'created:2026-02-30',
    'updated:<2026-02-30T12:00:00Z',
    'created:yesterday',
    'deprecated:maybe',
    'platform:"no range"',
    '-license:MIT',
  ]
  for (const text of refused) assert.equal(await codeOf(world.search(text)), 'parameter-invalid', text)
  const keys = Array.from({ length: 10_000 }, (_, at) => `t${at}`)
  assert.equal(await codeOf(world.search({ facets: { topic: keys } })), 'parameter-invalid')
})

test('syntax of other engines is words', async () => {
  await using world = await searchWorld()
  await world.publish(tools)
  const odd = [
    '"',
    '*',
    '-',
    '()',
    'AND',
    'NEAR(a b)',
    'a^2~',
    '{x:y}',
    '[a TO b]',
    '\\',
    '\0',
    'name:',
    ':',
    '-"',
    '!a',
    '?*',
    '/a+/',
    'a:b:c',
    '%',
    "';--",
    '\ud800',
    '  ',
    '""',
    '-*',
    '🙂',
  ]
  for (const text of odd) {
    const { total, hits } = await world.search(text)
    assert.ok(total >= hits.length, text)
  }
  assert.equal((await world.search('"left')).hits[0]?.artifact.name, 'left-pad')
})

test('names are completed whatever stands between their words, and with their namespaces', async () => {
  await using world = await searchWorld()
  for (const [namespace, slug] of [
    ['acme', 'kubernetes-dashboard'],
    ['library', 'nginx'],
    ['acme', 'lines'],
  ] as const)
    await world.create({
      namespace: parseNamespace(namespace),
      slug,
      metadata: { name: slug === 'lines' ? 'Tools/Text_Lines.v2' : 'It' },
      published: true,
    })
  await world.indexed()
  const { core } = world.test
  const completed = async (text: string): Promise<string> => {
    const { value } = await suggest(core, world.searchers, wholeSight, { text, limit: 5 })
    return value.map(({ slug }) => slug).join()
  }
  for (const text of [
    'kubernetes dash',
    'Kubernetes-Dash',
    'kubernetes ',
    'dash',
    'acme/kube',
    '@acme/kube',
    'acme kube',
  ])
    assert.equal(await completed(text), 'kubernetes-dashboard', text)
  for (const text of ['nginx ', ' nginx', 'library/ng', 'library ng', 'library/'])
    assert.equal(await completed(text), 'nginx', text)
  for (const text of ['tools text', 'text.lines-v2', 'lines v2', 'v2', 'acme/lin'])
    assert.equal(await completed(text), 'lines', text)
  for (const text of ['kubernetesdash', '@', ' - ', '/']) assert.equal(await completed(text), '', text)
})

test('authors, vendors and licenses are found by their words, and authors by their names', async () => {
  await using world = await searchWorld()
  const { author, authorEmail } = authorOf('Ada Lovelace <ada@example.com>, Grace Hopper (g@example.org)')
  const metadata = {
    name: 'Engine',
    organization: 'Analytical Ltd',
    license: 'BSD-3-Clause',
    author,
    authorEmail,
  }
  await world.create({ slug: 'engine', metadata, published: true })
  await world.create({ slug: 'other', metadata: { name: 'Other' }, published: true })
  for (const text of [
    'lovelace',
    'hopper engine',
    'analytical',
    'bsd-3-clause',
    'author:"Ada Lovelace"',
    'author:"grace hopper" license:bsd-3-clause',
  ]) {
    assert.deepEqual(await world.names(text), ['Engine'], text)
  }
  const { hits, facets } = await world.search({ text: 'lovelace', countFacets: ['author'] })
  assert.deepEqual(hits[0]?.matches, [{ field: 'author', text: 'Ada Lovelace', marks: [[4, 12]] }])
  assert.deepEqual(facets.author, [
    { value: 'Ada Lovelace', count: 1 },
    { value: 'Grace Hopper', count: 1 },
  ])
})

test('a chart that says that it is deprecated is found so', async () => {
  await using world = await searchWorld()
  const metadata = { name: 'Web', custom: { chart: { deprecated: true } } }
  await world.create({ kind: 'chart', slug: 'web', metadata, published: true })
  await world.create({ slug: 'web-persona', metadata, published: true })
  assert.deepEqual(
    (await world.search('deprecated:true')).hits.map(({ artifact, deprecated }) => [
      artifact.slug,
      deprecated,
    ]),
    [['web', 'its chart says that it is deprecated']],
  )
  assert.deepEqual(
    (await world.search('deprecated:false')).hits.map(({ artifact }) => artifact.slug),
    ['web-persona'],
  )
})
