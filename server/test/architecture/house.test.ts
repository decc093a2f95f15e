import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { check } from './check.ts'
import { rules } from './rules.ts'
import { readTree } from './tree.ts'
import { render } from './violation.ts'

const source = join(import.meta.dirname, '../../src')

test('the source keeps the house rules', async (t) => {
  const tree = await readTree(source)
  assert.ok(tree.size > 0, 'no source was found')
  const { violations, warnings } = check(tree, rules)
  for (const { where, why } of warnings) t.diagnostic(`${where}: ${why}`)
  if (violations.length > 0) assert.fail(`${violations.length} breaches\n${render(violations)}`)
})
