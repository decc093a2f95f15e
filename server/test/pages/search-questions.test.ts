import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { countUse } from '../../src/core/artifacts/count-use.ts'
import { ask } from '../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../kit/searched-registry.ts'

let world: SearchedRegistry

before(async () => {
  world = await startSearchedRegistry()
  const metadata = {
    license: 'MIT',
    language: 'TypeScript',
    category: 'text',
    author: 'Ada Lovelace',
    organization: 'Initech',
    topics: ['strings'],
    skills: [{ name: 'Typing' }],
    capabilities: ['pads'],
    platformVersion: '>=2.0.0',
  }
  const pad = await world.create({ slug: 'left-pad', metadata: { name: 'Left pad', ...metadata } })
  await countUse(world.registry.composed.core, pad.id, 'downloads', 500)
  for (let n = 100; n < 180; n++)
    await world.create({ slug: `tool-${n}`, owner: 'eve', metadata: { name: `tool ${n}` } })
  // By then it is counted who was used.
  await world.registry.clock.advance(6_000)
  await world.indexed()
})
after(() => world[Symbol.asyncDispose]())

interface Page {
  readonly status: number
  readonly text: string
  readonly count: string
  readonly title: string
  readonly slugs: readonly string[]
  readonly alert: string
  /** Where the links lead, by what they say. */
  readonly links: Readonly<Record<string, string>>
}

const said = (markup = ''): string => plain(markup.replaceAll(/<[^>]*>/g, '')).trim()
const plain = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"')

async function page(path: string): Promise<Page> {
  const answer = await ask(world.url, { path })
  const text = answer.text()
  const links = [...text.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
  return {
    status: answer.status,
    text,
    count: said(/<p class="count"[^>]*>([\s\S]*?)<\/p>/.exec(text)?.[1]),
    title: said(/<title>([\s\S]*?)<\/title>/.exec(text)?.[1]),
    alert: said(/<p role="alert">([\s\S]*?)<\/p>/.exec(text)?.[1]),
    slugs: [...text.matchAll(/<h3><a href="\/r\/persona\/acme\/([^"]+)"/g)].map(([, slug = '']) => slug),
    links: Object.fromEntries(links.map(([, href = '', text]) => [said(text), plain(href)])),
  }
}

describe('a link to the page', () => {
  it('asks by every parameter of the API, each shown and taken away again', async () => {
    const chosen: Readonly<Record<string, string>> = {
      'namespace=acme&license=MIT': 'Namespace: acme',
      'author=Ada+Lovelace': 'Author: Ada Lovelace',
      'publisher=ada': 'Publisher: ada',
      'organization=Initech': 'Organization: Initech',
      'topic=strings': 'Topic: strings',
      'skill=typing': 'Skill: typing',
      'capability=pads': 'Capability: pads',
      'category=text': 'Category: text',
      'language=TypeScript': 'Language: TypeScript',
      'platform=%3E%3D2': 'Platform: >=2',
      'minDownloads=100': 'Downloads, at least: 100',
      'createdTo=2026-01-01T00%3A00%3A00Z&license=MIT': 'Made up to: 2026-01-01T00:00:00Z',
      'updatedFrom=2026-01-01&license=MIT': 'Changed from: 2026-01-01',
      'deprecated=false&license=MIT': 'Deprecated: false',
      'asTyped=true&license=MIT': 'Still being typed: true',
      'boosts=false&license=MIT': 'Use and age count: false',
    }
    for (const [query, shown] of Object.entries(chosen)) {
      const found = await page(`/?${query}`)
      assert.deepEqual([found.status, found.slugs, found.count], [200, ['left-pad'], '1 artifact'], query)
      const removal = Object.entries(found.links).find(
        ([text]) => said(text) === `Remove ${plainOf(shown)} ×`,
      )
      assert.ok(removal !== undefined, `${query}: ${Object.keys(found.links)}`)
      const [name = ''] = query.split('=')
      assert.ok(!new URLSearchParams(removal[1].slice(2)).has(name), query)
      assert.ok(found.text.includes(`<input type="hidden" name="${name}"`), query)
    }
    assert.deepEqual((await page('/?minStars=1')).slugs, [])
    assert.equal((await page('/?deprecated=true')).count, '0 artifacts')
    const explained = await page('/?q=left&explain=true')
    assert.match(explained.text, /Score \d+\.\d\d: <bdi>\(left \d+\.\d\d\)<\/bdi> × \(1 \+ 0\.\d{3} used/)
    const turned = await page('/?sort=name&order=desc&limit=2')
    assert.deepEqual(turned.slugs, ['tool-179', 'tool-178'])
    assert.equal(turned.links['Newest'], '/?q=&sort=created&pageSize=2')
    const counted = await page('/?facets=publisher&facetLimit=1')
    assert.deepEqual(
      [...counted.text.matchAll(/<li><a href="[^"]+"><bdi>([^<]+)<\/bdi><\/a> <span/g)].map(
        ([, value]) => value,
      ),
      ['user:eve'],
    )
  })

  it('is refused as the API refuses, with what was meant', async () => {
    const refused: Readonly<Record<string, string>> = {
      'q=tool&sort=bogus': 'invalid sort: it is none of relevance, downloads',
      'q=tool&licence=MIT': 'invalid licence: there is no such parameter; did you mean license?',
      'kindd=image': 'invalid kindd: there is no such parameter; did you mean kind?',
      'q=tool&minDownloads=many': 'invalid minDownloads: it is no whole number from 0',
      'q=tool&deprecated=maybe': 'invalid deprecated: it is none of true, false',
      'q=tool&q=pad': 'This cannot be looked for: it is given 2 times',
      'page=2&q=tool&limit=5': 'invalid limit: it does not go together with page and pageSize',
      'page=51': 'invalid page: pages reach the first 1000 hits',
      'page=none': 'invalid page: it is no whole number from 1',
      'last=a&q=tool': 'invalid last: there is no such parameter',
    }
    for (const [query, why] of Object.entries(refused)) {
      const { status, alert, links } = await page(`/?${query}`)
      assert.equal(status, 400, query)
      assert.ok(alert.includes(why), `${query}: ${alert}`)
      for (const href of Object.values(links)) assert.ok(!href.includes('NaN'), href)
    }
    const licence = await page('/?q=tool&licence=MIT&kind=persona')
    assert.equal(licence.links['Remove licence: MIT ×'], '/?q=tool&kind=persona')
    // Other words are looked for without what nobody knows.
    assert.ok(licence.text.includes('<input type="hidden" name="kind" value="persona">'))
    assert.ok(!licence.text.includes('name="licence"'))
    const sorted = await page('/?q=tool&sort=bogus')
    assert.equal(sorted.links['Remove sort: bogus ×'], '/?q=tool')
    // The list of repositories goes on by a name.
    assert.equal((await page('/?last=persona')).status, 200)
  })
})

describe('the pages of what was found', () => {
  it('say which hits they have, and lead on and back', async () => {
    const first = await page('/?q=tool&sort=name')
    assert.equal(first.count, '1–20 of 80 artifacts')
    assert.equal(first.title, 'Search for “tool”: 80 artifacts · Lading')
    assert.ok(!('Previous page' in first.links) && !('First page' in first.links))
    assert.doesNotMatch(first.text, / start="/)
    const second = await page(first.links['Next page'] ?? '')
    assert.equal(second.count, '21–40 of 80 artifacts')
    assert.equal(second.title, 'Search for “tool”, page 2: 80 artifacts · Lading')
    assert.match(second.text, /<ol class="list sheet" start="21">/)
    assert.equal(second.slugs[0], 'tool-120')
    assert.equal(second.links['Previous page'], '/?q=tool&sort=name')
    const third = await page(second.links['Next page'] ?? '')
    assert.equal(third.links['First page'], '/?q=tool&sort=name')
    assert.equal(third.links['Previous page'], '/?q=tool&sort=name&page=2')
    const last = await page(third.links['Next page'] ?? '')
    assert.equal(last.count, '61–80 of 80 artifacts')
    assert.ok(!('Next page' in last.links))
    const all = [first, second, third, last].flatMap(({ slugs }) => slugs)
    assert.deepEqual(
      all,
      Array.from({ length: 80 }, (_, n) => `tool-${n + 100}`),
    )
    const behind = await page('/?q=tool&page=9')
    assert.equal(behind.count, '80 artifacts')
    assert.match(behind.text, /This page has none of them/)
    assert.equal(behind.links['First page'], '/?q=tool')
    const counted = await page('/?q=tool&limit=0')
    assert.deepEqual([counted.count, counted.slugs], ['80 artifacts', []])
    assert.equal(counted.links['First page'], '/?q=tool')
    const sized = await page('/?q=tool&limit=30')
    assert.equal(sized.links['Next page'], '/?q=tool&pageSize=30&page=2')
    assert.equal((await page('/?q=tool&pageSize=30&page=2')).count, '31–60 of 80 artifacts')
    assert.match(
      (await page('/?kind=persona&author=Ada+Lovelace')).title,
      /^Kind: persona, Author: Ada Lovelace: 1 /,
    )
  })

  it('go on behind the pages that are counted', async () => {
    const far = await page('/?sort=name&pageSize=100&page=10')
    assert.equal(far.status, 200)
    const api = `/api/v1/search?sort=name&limit=20`
    const { next } = (await ask(world.url, { path: api })).json()
    const { count, links, title, slugs } = await page(`/?sort=name&after=${next}`)
    assert.deepEqual(
      [count, title],
      ['81 artifacts, continued', 'Everything, continued: 81 artifacts · Lading'],
    )
    assert.equal(slugs.length, 20)
    assert.equal(links['First page'], '/?q=&sort=name')
    assert.match(links['Next page'] ?? '', /^\/\?q=&sort=name&after=/)
  })
})

describe('the search box', () => {
  it('tells what can be typed, and each example is understood', async () => {
    const { text, links } = await page('/')
    assert.match(text, /<details class="help"><summary>How to search<\/summary>/)
    assert.match(text, / placeholder="[^"]+"/)
    const examples = [...text.matchAll(/<dt><a href="([^"]+)"><code>/g)].map(([, href = '']) => plain(href))
    assert.ok(examples.length >= 5)
    for (const href of examples) assert.equal((await page(href)).status, 200, href)
    assert.ok(Object.values(links).includes('/?q=pad+-right'))
  })

  it('has the filters a step away', async () => {
    const { text } = await page('/?q=tool')
    assert.match(text, /<a class="skip" href="#narrow">Skip to the filters<\/a>/)
    assert.match(text, /<nav class="facets" id="narrow"/)
    assert.doesNotMatch((await page('/?q=xyzzy')).text, /#narrow/)
  })
})

function plainOf(text: string): string {
  return text.replaceAll('>', '&gt;')
}
