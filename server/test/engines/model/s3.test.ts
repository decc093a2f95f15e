import assert from 'node:assert/strict'
import { test } from 'node:test'
import { s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { search } from '../../model/search.ts'
import type { S3Search } from './s3-search-thread.ts'

const { skip } = s3ServerTool
const runs = Number(process.env['LADING_S3_MODEL_RUNS'] ?? 100)
const seed = Number(process.env['LADING_MODEL_SEED'] ?? Date.now() % 2 ** 31)

test(`the protocol holds under ${runs} random interleavings with its files on S3`, { skip }, async (t) => {
  t.diagnostic(`LADING_MODEL_SEED=${seed} plays the same programs`)
  await using server = await startS3Server()
  const { endpoint, region, credentials } = server
  const what: S3Search = {
    runs,
    seed,
    server: { endpoint, region, credentials },
    bucket: await server.bucket(),
  }
  const found = await search(what, new URL('./s3-search-thread.ts', import.meta.url))
  assert(!found.failed, found.report)
  assert.equal(found.runs, runs)
})
