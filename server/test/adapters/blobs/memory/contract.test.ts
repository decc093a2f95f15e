import { test } from 'node:test'
import { blobsContract } from '../../../../src/ports/blobs/suite.ts'
import { memoryHarness } from './memory-harness.ts'

for (const { name, run } of blobsContract(memoryHarness())) test(name, run)
