import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { Client } from 'pg'
import { openPostgresqlStore } from '../../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import type { S3Place } from '../task.ts'
import { addressOf, type Hosted } from './hosted.ts'

export interface FreshDatabase extends AsyncDisposable {
  readonly url: string
}

/** A database with the tables of this release, and nothing in them. Disposal removes it: nobody may use it then. */
export async function freshDatabase(hosted: Hosted): Promise<FreshDatabase> {
  const admin = addressOf(hosted, 'postgresql')
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  await once(admin, `CREATE DATABASE ${name}`)
  const url = new URL(admin)
  url.pathname = name
  await (await openPostgresqlStore({ url: url.href }, schema)).close()
  // What others have left to be written is paid for by nobody who is measured.
  await once(admin, 'CHECKPOINT')
  return { url: url.href, [Symbol.asyncDispose]: () => once(admin, `DROP DATABASE ${name}`) }
}

async function once(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A bucket with nothing in it, which goes with its server. */
export async function freshBucket(hosted: Hosted): Promise<S3Place> {
  const { endpoint, region, credentials } = addressOf(hosted, 's3')
  const bucket = `bench-${randomUUID()}`
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  } finally {
    client.destroy()
  }
  return { endpoint, region, credentials, bucket }
}
