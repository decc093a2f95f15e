import { accessCheck } from './access.ts'
import { auditCheck } from './audit.ts'
import { bucketCheck } from './bucket.ts'
import { cachesCheck } from './caches.ts'
import { certificateCheck } from './certificate.ts'
import type { Check } from './check.ts'
import { clockCheck } from './clock.ts'
import { contentCheck } from './content.ts'
import { dataFolderCheck } from './data-folder.ts'
import { databaseCheck } from './database.ts'
import { fileSystemCheck } from './file-system.ts'
import { flushTimeCheck } from './flush-time.ts'
import { freeSpaceCheck } from './free-space.ts'
import { gateCheck } from './gate.ts'
import { jobsCheck } from './jobs.ts'
import { nodeVersionCheck } from './node-version.ts'
import { oldCopiesCheck } from './old-copies.ts'
import { openFilesCheck } from './open-files.ts'
import { ownerCheck } from './owner.ts'
import { portCheck } from './port.ts'
import { publicUrlCheck } from './public-url.ts'
import { replicasCheck } from './replicas.ts'
import { searchCheck } from './search.ts'
import { trashCheck } from './trash.ts'
import { writeAheadLogCheck } from './write-ahead-log.ts'

/** In the order in which they are told. */
export const checks: readonly Check[] = [
  nodeVersionCheck(),
  dataFolderCheck,
  fileSystemCheck(),
  freeSpaceCheck(),
  flushTimeCheck(),
  openFilesCheck(),
  portCheck,
  publicUrlCheck,
  certificateCheck,
  clockCheck,
  databaseCheck(),
  replicasCheck,
  bucketCheck,
  ownerCheck,
  cachesCheck,
  gateCheck,
  searchCheck,
  writeAheadLogCheck,
  oldCopiesCheck,
  contentCheck,
  jobsCheck,
  trashCheck,
  auditCheck,
  accessCheck,
]
