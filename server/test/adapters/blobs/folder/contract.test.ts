import { test } from 'node:test'
import { blobsContract } from '../../../../src/ports/blobs/suite.ts'
import { folderHarness } from './folder-harness.ts'

for (const { name, run } of blobsContract(folderHarness)) test(name, run)
