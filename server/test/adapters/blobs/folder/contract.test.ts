import { after, test } from 'node:test'
import { blobsContract } from '../../../../src/ports/blobs/suite.ts'
import { folderHarness, removeFolders } from './folder-harness.ts'

after(removeFolders)

for (const { name, run } of blobsContract(folderHarness)) test(name, run)
