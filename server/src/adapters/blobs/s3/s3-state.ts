import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { PassingMap } from '../../../domain/passing-map.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import type { LiveHashes } from '../shared/live-hashes.ts'
import type { KnownFiles } from './known-files.ts'
import type { PartMemory } from './part-memory.ts'
import type { PartPlan } from './part-plan.ts'
import type { ReadPlaces } from './read-places.ts'
import type { S3Clients } from './s3-clients.ts'
import type { S3Keys } from './s3-keys.ts'
import type { S3BlobsOptions, S3Bounds } from './s3-options.ts'

export type Encryption = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>

/** An append of this process, which is asked how far it is. */
export interface AppendUnderWay {
  kept(): Promise<number>
}

/** What every call works with. All that must outlive it stands in S3. */
export interface S3State {
  readonly clients: S3Clients
  readonly bucket: string
  readonly keys: S3Keys
  readonly bounds: S3Bounds
  readonly encryption: Encryption
  /** The server takes a write only if the object is still what the writer has seen. */
  readonly conditions: boolean
  readonly clock: S3BlobsOptions['clock']
  readonly random: S3BlobsOptions['random']
  readonly warn: (message: string, fields?: Readonly<Record<string, string>>) => void
  readonly memory: PartMemory
  readonly plan: PartPlan
  readonly readPlaces: ReadPlaces
  readonly hashes: LiveHashes
  readonly known: KnownFiles
  readonly underWay: PassingMap<FileName, AppendUnderWay>
}
