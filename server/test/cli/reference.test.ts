import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { referenceFolder, referencePages } from '../../scripts/reference.ts'

test('the reference says what the source says; else: npm run reference', async () => {
  const pages = referencePages()
  for (const [name, text] of pages) {
    assert.equal(await readFile(join(referenceFolder, name), 'utf8'), text, name)
  }
})
