import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blobsContract } from '../../../src/ports/blobs/suite.ts'
import { memoryHarness } from '../../adapters/blobs/memory/memory-harness.ts'
import { readingMutants } from './reading-mutants.ts'
import { believingMutant, writingMutants } from './writing-mutants.ts'

/** A suite is worth what it sees: each fault is put into an engine that is otherwise right. */
for (const { name, seenBy, wrap } of [...writingMutants, believingMutant(), ...readingMutants]) {
  test(`the suite sees: ${name}`, async () => {
    const seeing = blobsContract(memoryHarness(wrap)).find((one) => one.name === seenBy)
    assert.ok(seeing !== undefined, `there is no case called ${seenBy}`)
    await assert.rejects(seeing.run(), `the case passes: ${seenBy}`)
  })
}
