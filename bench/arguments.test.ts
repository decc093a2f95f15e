import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments, UsageError } from './arguments.ts'

test('a suite is enough', () => {
  assert.deepEqual(readArguments(['oci']), {
    suite: 'oci',
    rounds: 7,
    seconds: 3,
    rows: /(?:)/i,
    json: false,
    resume: false,
    page: 'docs/BENCHMARKS.md',
    results: '.cache/bench/oci.json',
  })
})

test('everything can be set', () => {
  const words =
    'oci --rounds 9 --seconds 0.2 --rows GET|HEAD --artifacts 500 --json --resume --page p.md --results r.json'
  assert.deepEqual(readArguments(words.split(' ')), {
    suite: 'oci',
    rounds: 9,
    seconds: 0.2,
    rows: /GET|HEAD/i,
    artifacts: 500,
    json: true,
    resume: true,
    page: 'p.md',
    results: 'r.json',
  })
})

test('what makes no sense is refused', () => {
  for (const words of [
    '',
    'oci npm',
    'oci --rounds 0',
    'oci --rounds 1.5',
    'oci --seconds x',
    'oci --rows (',
    'engines --artifacts 0.5',
    'oci --fast',
  ]) {
    assert.throws(() => readArguments(words.split(' ').filter(Boolean)), UsageError, words)
  }
})
