import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareLooseVersions } from '../../src/domain/loose-version.ts'

describe('what tags write as versions that are no semantic ones', () => {
  test('has an order: releases before all that say more, then the higher number', () => {
    const rising = [
      [
        'pr-77',
        'nightly',
        'v',
        'version-9',
        '',
        '.9',
        '1a2b3c4',
        '7e1',
        '1234567',
        '40283915',
        '1.x',
        '1..2',
      ],
      ['1.2-alpine'],
      ['v2.0.0-rc.2'],
      ['v2.0.0-rc.10'],
      ['20-alpine'],
      ['v1.2.4'],
      ['V1.10', '1.10', 'v01.10'],
      ['1.10.0', 'v1.10.0'],
      ['1.10.0_5'],
      ['v1.10.0.1'],
      ['v2'],
      ['22.04'],
      ['2026.11'],
      ['123456'],
      ['v1234567'],
      ['20261123'],
      ['202611231230'],
    ]
    for (const [at, group] of rising.entries())
      for (const one of group) {
        for (const same of group) assert.equal(compareLooseVersions(one, same), 0, `${one} is ${same}`)
        for (const other of rising.slice(0, at).flat()) {
          assert.equal(Math.sign(compareLooseVersions(one, other)), 1, `${one} is above ${other}`)
          assert.equal(Math.sign(compareLooseVersions(other, one)), -1, `${other} is below ${one}`)
        }
      }
  })

  test('takes text as long as a tag may be', () => {
    assert.ok(compareLooseVersions(`v${'9'.repeat(127)}`, `v${'8'.repeat(127)}`) > 0)
    assert.ok(compareLooseVersions(`v1${'.1'.repeat(63)}`, `v1${'.1'.repeat(62)}`) > 0)
  })
})
