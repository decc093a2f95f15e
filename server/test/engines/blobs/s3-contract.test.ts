import { after, before, test } from 'node:test'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { blobsContract } from '../../../src/ports/blobs/suite.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { byTurns, s3Harness } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

for (const { name, run } of blobsContract(s3Harness(() => server))) test(name, { skip }, run)

const two = s3Harness(
  () => server,
  async (options) => byTurns(await openS3Blobs(options), await openS3Blobs(options)),
)
for (const { name, run } of blobsContract(two)) test(`by two processes in turns: ${name}`, { skip }, run)
