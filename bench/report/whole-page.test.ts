import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageWith } from './whole-page.ts'

const suites = ['one', 'two']

test('each suite has its part of the page, in one order, whoever is measured first', () => {
  const two = pageWith(undefined, { suite: 'two', section: '## Two' }, suites)
  const both = pageWith(two, { suite: 'one', section: '## One\n\nmore' }, suites)
  const wanted =
    /^# Benchmarks\n\n.*\n\n<!-- one begins -->\n\n## One\n\nmore\n\n<!-- one ends -->\n\n<!-- two begins -->\n\n## Two\n\n<!-- two ends -->\n$/
  assert.match(both, wanted)
  const again = pageWith(both, { suite: 'two', section: '## Two, again' }, suites)
  assert.equal(again, both.replace('## Two', '## Two, again'))
  assert.equal(pageWith(again, { suite: 'two', section: '## Two' }, suites), both)
})

test('what the page had in no form that is known is not kept', () => {
  const page = pageWith('# Notes\n\n<!-- one begins -->', { suite: 'two', section: '## Two' }, suites)
  assert.equal(page, pageWith(undefined, { suite: 'two', section: '## Two' }, suites))
})
