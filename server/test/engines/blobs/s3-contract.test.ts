import { after, before, test } from 'node:test'
import { blobsContract } from '../../../src/ports/blobs/suite.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { s3Harness } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

for (const { name, run } of blobsContract(s3Harness(() => server))) test(name, { skip }, run)
