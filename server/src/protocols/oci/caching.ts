import { anonymous, type OciCall, type Target } from './call.ts'

/** A tag may move at any time: ask again, and be told 304. */
export const mutable = 'no-cache'

/** Content named by its digest never changes; where reading needs a name, it is for that reader's cache alone. */
export function immutableFor({ registry }: OciCall, { repository }: Target): string {
  return registry.access.may(anonymous, 'artifacts:read', repository) ? shared : unshared
}

const shared = 'public, max-age=31536000, immutable'
const unshared = 'private, max-age=31536000, immutable'
