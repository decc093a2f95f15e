import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { SearchError } from '../../src/ports/search/errors.ts'
import { callerOf } from '../core/kit.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../kit/searched-registry.ts'

const evil = '<script>alert("pad")</script>'

let world: SearchedRegistry

before(async () => {
  world = await startSearchedRegistry()
  for (let n = 10; n < 35; n++) {
    const license = n < 20 ? 'MIT' : 'Apache-2.0'
    const topics = n % 2 === 0 ? ['even', 'numbers'] : ['numbers']
    await world.create({
      slug: `tool-${n}`,
      metadata: { name: `tool ${n}`, license, topics, description: 'A tool' },
    })
  }
  const long = `${'words '.repeat(100)}`
  await world.create({
    slug: 'left-pad',
    metadata: { name: `Left ${evil}`, description: `Pads & ${evil}`, language: 'C++', license: 'A&B "C"' },
    source: 'the needle',
  })
  const plain = await world.create({ slug: 'plain', metadata: { name: 'Plain thing', description: long } })
  const { artifacts } = world.registry.composed.registry
  const withdrawn = {
    id: plain.id,
    version: '1.0.0',
    how: 'deprecated',
    message: '<b>use</b> another',
  } as const
  await artifacts.withdraw(callerOf(), withdrawn)
  await world.indexed()
})
after(() => world[Symbol.asyncDispose]())

async function page(path: string): Promise<string> {
  const answer = await ask(world.url, { path })
  assert.equal(answer.status, 200, answer.text())
  return answer.text()
}

/** Where the links lead, by what they say. */
function links(text: string): Record<string, string> {
  const found = [...text.matchAll(/<a (?:class="[^"]*" )?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
  return Object.fromEntries(
    found.map((match) => [said(match[2]!), match[1]!.replaceAll('&amp;', '&').replaceAll('&quot;', '"')]),
  )
}

const said = (markup: string): string => markup.replaceAll(/<[^>]*>/g, '').trim()
const titles = (text: string): string[] =>
  [...text.matchAll(/<h3><a [^>]*>([\s\S]*?)<\/a>/g)].map((match) => match[1]!)
const count = (text: string): string => said(/<p class="count"[^>]*>([\s\S]*?)<\/p>/.exec(text)?.[1] ?? '')

describe('the search box', () => {
  it('is on every page and works without anything that runs', async () => {
    for (const path of ['/', '/r/persona/acme/left-pad', '/?q=tool', '/r/no/such']) {
      const answer: Answer = await ask(world.url, { path })
      const text = answer.text()
      assert.match(
        text,
        /<form class="search" role="search" action="\/" method="get">\s*<label class="unseen" for="q">/,
      )
      assert.match(text, /<input id="q" type="search" name="q"/)
      assert.match(String(answer.headers['content-security-policy']), /; form-action 'self';/)
      assert.doesNotMatch(text, /<script|style="| on[a-z]+=/)
      assert.equal(text.match(/<h1>/g)?.length, 1, path)
      for (const landmark of ['<header>', '<main id="main">', '<footer>']) assert.ok(text.includes(landmark))
    }
  })

  it('keeps what was asked and chosen', async () => {
    const text = await page(`/?q=${encodeURIComponent('a "b" <c>')}&license=MIT&sort=name`)
    assert.match(text, /name="q" value="a &quot;b&quot; &lt;c&gt;"/)
    assert.match(text, /<input type="hidden" name="license" value="MIT">/)
    assert.match(text, /<input type="hidden" name="sort" value="name">/)
  })
})

describe('the results', () => {
  it('tell what was found, where, and how many there are', async () => {
    const text = await page('/?q=pads')
    assert.equal(count(text), '1 artifact')
    assert.match(text, /aria-live="polite"/)
    assert.match(text, /<title>Search for “pads”: 1 artifact · Lading<\/title>/)
    assert.match(text, /<a href="\/r\/persona\/acme\/left-pad" dir="auto">Left &lt;script&gt;/)
    assert.match(
      text,
      /<p dir="auto"><mark>Pads<\/mark> &amp; &lt;script&gt;alert\(&quot;<mark>pad<\/mark>&quot;\)/,
    )
    assert.match(text, /<span class="kind">persona<\/span>/)
    assert.doesNotMatch(text, /<script|<b>/)
    assert.match(await page('/?q=needle'), /In its source: <bdi>the <mark>needle<\/mark><\/bdi>/)
    assert.match(await page('/?q=tool+even'), /Topic: <bdi><mark>even<\/mark><\/bdi>/)
    const plain = await page('/?q=plain')
    assert.match(plain, /<mark>Plain<\/mark> thing<\/a>/)
    assert.match(plain, /<p dir="auto">(words )+…<\/p>/)
    assert.match(plain, /<strong>Deprecated:<\/strong> <bdi>&lt;b&gt;use&lt;\/b&gt; another<\/bdi>/)
    assert.equal(count(await page('/?q=')), '1–20 of 27 artifacts')
    assert.equal((await ask(world.url, { path: '/r/persona/acme/left-pad' })).status, 200)
  })

  it('are narrowed down by links that keep their word, and widened again', async () => {
    const all = await page('/?q=tool')
    const facets = /<nav class="facets"[\s\S]*<\/nav>/.exec(all)?.[0] ?? ''
    const offered = [
      ...facets.matchAll(/<li><a href="([^"]+)"><bdi>([^<]+)<\/bdi><\/a> <span class="soft">(\d+)<\/span>/g),
    ]
    assert.deepEqual(
      offered.map((match) => `${match[2]} ${match[3]}`),
      ['persona 25', 'acme 25', 'Apache-2.0 15', 'MIT 10', 'numbers 25', 'even 13'],
    )
    for (const [, href = '', value = '', promised] of offered) {
      const narrowed = await page(href.replaceAll('&amp;', '&'))
      assert.ok(count(narrowed).endsWith(`${promised} artifacts`), value)
      const removal = Object.entries(links(narrowed)).find(([text]) => text.startsWith('Remove '))
      assert.match(removal?.[0] ?? '', new RegExp(`^Remove \\w+: ${value} ×$`))
      assert.equal(count(await page(removal?.[1] ?? '')), '1–20 of 25 artifacts')
      // What is chosen already is not offered; its others are, with what they would show.
      const others = /<nav class="facets"[\s\S]*<\/nav>/.exec(narrowed)?.[0] ?? ''
      assert.ok(!others.includes(`>${value}</bdi></a>`))
    }
    const odd = await page(`/?q=&license=${encodeURIComponent('A&B "C"')}&language=C%2B%2B`)
    assert.equal(count(odd), '1 artifact')
    assert.equal(links(odd)['Remove Language: C++ ×'], '/?q=&license=A%26B+%22C%22')
  })

  it('are put into other orders, and turned', async () => {
    const first = await page('/?q=tool&sort=name')
    assert.match(first, /sort=name" aria-current="true">Name<\/a>/)
    const { 'Next page': next = '', Newest = '', 'Best match': best = '' } = links(first)
    const second = await page(next)
    assert.deepEqual(
      [...titles(first), ...titles(second)].map(said),
      Array.from({ length: 25 }, (_, n) => `tool ${n + 10}`),
    )
    assert.deepEqual([count(first), count(second)], ['1–20 of 25 artifacts', '21–25 of 25 artifacts'])
    assert.equal(links(second)['Previous page'], '/?q=tool&sort=name')
    assert.ok(!second.includes('rel="next"'))
    assert.equal(titles(await page(Newest)).length, 20)
    assert.equal(best, '/?q=tool')
    assert.equal(titles(await page(links(await page(best))['Next page'] ?? '')).length, 5)
  })

  it('say what may have been meant', async () => {
    const text = await page('/?q=numbrs&license=MIT')
    const meant = /Did you mean (<a href="[^"]+" dir="auto">[^<]+<\/a>)\?/.exec(text)?.[1] ?? ''
    assert.deepEqual(links(meant), { numbers: '/?q=numbers&license=MIT' })
    assert.match(text, /Few have just these words/)
    assert.match(await page('/?q=plain+nowhere+whatever'), /Few have all of these words/)
  })

  it('say that a term was nearly one, also where there are none', async () => {
    const found = links(await page('/?q=kindd%3Apersona&license=MIT'))
    assert.equal(found['kind:persona'], '/?q=kind%3Apersona&license=MIT')
  })

  it('show text of either direction as it is read, whatever stands beside it', async () => {
    const [name, license] = ['حزمة \u202e1.2 pad', 'رخصة']
    await using shelf = await startSearchedRegistry()
    const metadata = { name, license, topics: ['سلاسل'], description: 'يحشو pad 1.2' }
    await shelf.create({ slug: 'rtl', metadata })
    const text = (await ask(shelf.url, { path: '/?q=pad' })).text()
    assert.ok(text.includes('<input id="q" type="search" name="q" value="pad" dir="auto"'))
    assert.ok(text.includes('<h1>Search for “<bdi>pad</bdi>”</h1>'))
    assert.ok(
      text.includes(
        `<a href="/r/persona/acme/rtl" dir="auto">${name.replace('pad', '<mark>pad</mark>')}</a>`,
      ),
    )
    assert.ok(text.includes('<p dir="auto">يحشو <mark>pad</mark> 1.2</p>'))
    assert.ok(text.includes(`<bdi>${license}</bdi></span>`))
    for (const value of [license, 'سلاسل'])
      assert.ok(text.includes(`<bdi>${value}</bdi></a> <span class="soft">1</span>`))
    const chosen = (await ask(shelf.url, { path: `/?q=pad&license=${encodeURIComponent(license)}` })).text()
    assert.ok(chosen.includes(`License: <bdi>${license}</bdi> <span aria-hidden="true">×</span>`))
  })

  it('say what to do where there are none', async () => {
    const text = await page('/?q=xyzzy&kind=persona')
    assert.match(text, /Nothing was found\.[\s\S]*Use fewer words/)
    assert.equal(links(text)['Search without what is chosen'], '/?q=xyzzy')
    await using empty = await startSearchedRegistry()
    assert.match(
      (await ask(empty.url, { path: '/?q=' })).text(),
      /What is pushed can be found here a moment later/,
    )
  })

  it('are refused with the question still in its box', async () => {
    for (const [query, status, why] of [
      [`q=${'a'.repeat(1_001)}`, 400, 'This cannot be looked for: it has 1001 characters'],
      ['q=kind:skil', 400, 'This cannot be looked for: there is no kind “skil”; there are persona, '],
      ['q=tool&kind=skil', 400, 'did you mean skill?'],
      ['q=downloads:many', 400, 'an example: downloads:&gt;=100'],
      ['q=tool&after=nonsense', 400, 'not what an earlier page gave'],
    ] as const) {
      const answer = await ask(world.url, { path: `/?${query}` })
      assert.equal(answer.status, status)
      assert.ok(answer.text().includes(why), why)
      assert.match(answer.text(), /<p role="alert">/)
      assert.match(answer.text(), /name="q" value="[a-z]/)
    }
    const kinds = (await ask(world.url, { path: '/?q=tool&kind=skil&license=MIT' })).text()
    assert.equal(links(kinds)['Remove Kind: skil ×'], '/?q=tool&license=MIT')
    // What a mail puts into its links is nobody's mistake, nor is a field that nobody has filled.
    assert.equal(count(await page('/?q=tool&utm_source=x&kind=&after=')), '1–20 of 25 artifacts')
  })

  it('say when they come from another index, and when there are none to be had', async () => {
    const refuse = async (): Promise<never> => {
      throw new SearchError('unavailable', 'nobody answers')
    }
    const deaf = (): ReturnType<typeof openMemorySearch> =>
      Object.assign(openMemorySearch(), { query: refuse })
    const fallback = { name: 'spare', engine: openMemorySearch() }
    await using spared = await startSearchedRegistry({}, { main: { name: 'deaf', engine: deaf() }, fallback })
    await spared.create({ slug: 'left-pad' })
    const degraded = await ask(spared.url, { path: '/?q=pad' })
    assert.match(degraded.text(), /The search engine does not answer at present/)
    assert.equal(count(degraded.text()), '1 artifact')
    await using alone = await startSearchedRegistry({}, { main: { name: 'deaf', engine: deaf() } })
    const none = await ask(alone.url, { path: '/?q=pad' })
    assert.deepEqual([none.status, none.headers['retry-after']], [503, '1'])
    assert.match(none.text(), /no search engine answers at present; try again later/)
    assert.deepEqual(alone.reported, [])
  })
})
