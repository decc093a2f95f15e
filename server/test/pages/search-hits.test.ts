import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { CreateArtifact } from '../../src/core/authoring/create-artifact.ts'
import { ask } from '../kit/http-client.ts'
import { startSearchedRegistry } from '../kit/searched-registry.ts'

const auth = 'ada:secret'

/** How somebody is shown what matches, as markup: the cards of the hits, by their slugs. */
async function cards(given: readonly Partial<CreateArtifact>[], q: string): Promise<Record<string, string>> {
  await using world = await startSearchedRegistry({ users: { ada: 'secret' } })
  for (const one of given) await world.create(one)
  const text = (await ask(world.url, { path: `/?q=${q}`, auth })).text()
  const found = [...text.matchAll(/<li class="hit">[\s\S]*?<\/li>/g)].map(([card]) => card)
  return Object.fromEntries(
    found.map((card) => [/href="\/r\/\w+\/\w+\/([^"]+)"/.exec(card)?.[1] ?? '', card]),
  )
}

it('a hit says what the text is in which something was found, also where that is its namespace', async () => {
  const metadata = { name: 'Left pad', keywords: ['alignment'], author: 'Ada Lovelace', topics: ['text'] }
  const { 'left-pad': card = '' } = await cards([{ slug: 'left-pad', metadata }], 'alignment+lovelace+text')
  assert.match(card, /Topic: <bdi><mark>text<\/mark>[\s\S]*Keyword: <bdi><mark>alignment<\/mark>/)
  assert.match(card, /Author: <bdi>Ada <mark>Lovelace<\/mark><\/bdi>/)
  const { 'left-pad': owned = '' } = await cards([{ slug: 'left-pad', metadata }], 'acme+pad')
  assert.match(owned, /reference">persona\/<mark>acme<\/mark>\/left-<mark>pad<\/mark><\/p>/)
  assert.doesNotMatch(owned, /Organization/)
})

it('a hit links to where it is developed and told of, on the web alone', async () => {
  const pad = (slug: string, repository: string, homepage: string): Partial<CreateArtifact> => ({
    slug,
    metadata: { name: slug, repository, homepage },
  })
  const shown = await cards(
    [
      pad('left-pad', 'https://git.example/pad?a=1&b="', 'http://pad.example'),
      pad('odd-pad', 'javascript:alert(1)', 'git@git.example:pad'),
    ],
    'pad',
  )
  const links = [...(shown['left-pad'] ?? '').matchAll(/<a href="(http[^"]+)" rel="([^"]+)">(\w+)<\/a>/g)]
  assert.deepEqual(
    links.map(([, href, rel, text]) => [href, rel, text]),
    [
      ['https://git.example/pad?a=1&amp;b=%22', 'nofollow noopener', 'Source'],
      ['http://pad.example/', 'nofollow noopener', 'Homepage'],
    ],
  )
  assert.doesNotMatch(shown['odd-pad'] ?? '', /javascript|rel=|git@/)
})

it('a hit tells its owner what only they see', async () => {
  const shown = await cards(
    [
      { slug: 'pad' },
      { slug: 'own-pad', visibility: 'private' },
      { slug: 'new-pad', published: false },
      { slug: 'own-new-pad', visibility: 'unlisted', published: false },
    ],
    'pad',
  )
  const badges = Object.entries(shown).map(([slug, card]) => [
    slug,
    ...[...card.matchAll(/<span class="kind badge">(\w+)<\/span>/g)].map(([, badge]) => badge),
  ])
  assert.deepEqual(
    badges.toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
    [['new-pad', 'draft'], ['own-new-pad', 'unlisted', 'draft'], ['own-pad', 'private'], ['pad']],
  )
})
