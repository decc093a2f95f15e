import { discovery } from './discovery.ts'
import { management } from './management.ts'
import { pull } from './pull.ts'
import { pushBlobs } from './push-blobs.ts'
import { pushManifests } from './push-manifests.ts'
import type { Requirement } from './requirement.ts'

export const requirements: readonly Requirement[] = [
  ...pull,
  ...pushBlobs,
  ...pushManifests,
  ...discovery,
  ...management,
]
