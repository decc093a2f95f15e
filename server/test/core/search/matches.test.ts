import assert from 'node:assert/strict'
import test from 'node:test'
import { searchWorld } from './kit.ts'

const metadata = {
  name: 'Left pad',
  description: 'Pads a string',
  topics: ['strings', 'ropes'],
  keywords: ['alignment', 'ropes'],
  skills: [{ name: 'Typing' }],
  capabilities: ['trimming'],
  organization: 'Initech',
  author: 'Ada Lovelace',
  license: 'Apache-2.0',
}

test('each match says in which of the texts it stands', async () => {
  await using world = await searchWorld()
  await world.create({ slug: 'lp', metadata, source: 'the needle', published: true })
  const marked = async (text: string): Promise<string[]> => {
    const [hit] = (await world.search(text)).hits
    return (hit?.matches ?? []).map(({ field, text: shown, marks }) =>
      [field, ...marks.map(([from, to]) => shown.slice(from, to))].join(' '),
    )
  }
  const cases: Readonly<Record<string, readonly string[]>> = {
    lp: ['name lp'],
    left: ['title Left'],
    pads: ['title pad', 'description Pads'],
    strings: ['description string', 'topics strings'],
    ropes: ['topics ropes', 'keywords ropes'],
    alignment: ['keywords alignment'],
    typing: ['skills Typing'],
    trimming: ['capabilities trimming'],
    initech: ['organization Initech'],
    lovelace: ['author Lovelace'],
    apache: ['license Apache'],
    acme: ['namespace acme'],
    needle: ['source needle'],
    'lovelace ropes': ['topics ropes', 'keywords ropes', 'author Lovelace'],
  }
  for (const [text, wanted] of Object.entries(cases)) assert.deepEqual(await marked(text), wanted, text)
})
