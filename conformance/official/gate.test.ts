import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { judgeJunit, judgeResults } from './gate.ts'

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
}

const expected = { skips: ['Suite/blobs/cancel'], disabled: ['Blob upload cancel'], leastPassed: 2 }

function judged(junit: string, results = 'clean'): string[] {
  return judgeResults(fixture(`${junit}.xml`), fixture(`${results}.yaml`), expected)
}

test('a clean run passes', () => {
  assert.deepEqual(judged('clean'), [])
})

test('a failing run is told test by test', () => {
  assert.deepEqual(judged('failing', 'failing'), [
    'failure: Suite/blobs/put "quoted" & <so>',
    "1 failures and 0 errors, by the suite's own count",
    'apis: Blob push is FAIL',
    'data: Image is Unknown',
  ])
})

test('a run that skips is no clean run, though its program ends with 0', () => {
  assert.deepEqual(judged('skipping', 'skipping'), [
    'skipped: Suite/blobs/mount',
    "1 tests skipped, by the suite's own count",
    'apis: Blob mount is Skip',
  ])
})

test('what is switched off must be on the list', () => {
  const strict = { ...expected, disabled: [], skips: [] }
  assert.deepEqual(judgeResults(fixture('clean.xml'), fixture('clean.yaml'), strict), [
    'skipped: Suite/blobs/cancel',
    'apis: Blob upload cancel is Disabled',
  ])
})

test('a run of too few tests is no clean run', () => {
  assert.deepEqual(
    judgeResults(fixture('clean.xml'), fixture('clean.yaml'), { ...expected, leastPassed: 3 }),
    ['2 tests passed, where 3 should'],
  )
})

test('an empty run is no clean run', () => {
  assert.deepEqual(judged('empty', 'empty'), [
    '0 tests passed, where 2 should',
    'results.yaml lists no apis',
    'results.yaml lists no data',
  ])
  assert.deepEqual(judgeResults('', '', expected), ['the JUnit report has no end'])
})

test('a garbled run is no clean run', () => {
  assert.deepEqual(judged('garbled'), ['the JUnit report has no end'])
  const unread = judgeResults(fixture('clean.xml'), 'apis:\n  Blob push: Pass\n Blob mount: "Pa\n', expected)
  assert.equal(unread.length, 1)
  assert.match(unread[0] ?? '', /^results\.yaml cannot be read: /)
})

test("v1.1.1's report is judged by its names", () => {
  const report = fixture('ginkgo.xml')
  const skips = ['OCI Conformance Pull Get tag name from environment']
  assert.deepEqual(judgeJunit(report, { skips, leastPassed: 1 }), [])
  assert.deepEqual(judgeJunit(report, { skips: [], leastPassed: 1 }), [`skipped: ${skips[0]}`])
  assert.deepEqual(judgeJunit(report, { skips, leastPassed: 2 }), ['1 tests passed, where 2 should'])
  assert.deepEqual(
    judgeJunit(report.replace('status="passed"', 'status="failed"'), { skips, leastPassed: 0 }),
    ['failed: OCI Conformance Pull HEAD & GET'],
  )
  assert.deepEqual(judgeJunit(report.replaceAll('tests="2"', 'tests="3"'), { skips, leastPassed: 1 }), [
    '3 tests by count, and 2 reported',
  ])
  assert.deepEqual(judgeJunit(fixture('garbled.xml'), { skips, leastPassed: 1 }), [
    'the JUnit report has no end',
  ])
})
