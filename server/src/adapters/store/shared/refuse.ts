import { StoreError } from '../../../ports/store/errors.ts'

/** What a caller must not have asked: trying again will not help. */
export function refused(message: string): StoreError {
  return new StoreError('permanent', message)
}

export function closedStore(): StoreError {
  return new StoreError('permanent', 'the store is closed')
}
