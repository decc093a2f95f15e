import type { Config } from '../../config/config.ts'
import { storeEngine } from '../open-store.ts'

/** Where the records stand, fit to be shown: without names and passwords. */
export function placeOfRecords(config: Pick<Config, 'data' | 'store'>): string {
  const { url } = config.store
  if (storeEngine(config) === 'sqlite' || url === undefined) return config.data
  // Several hosts, as a replica set has them, are no URL of the usual form.
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/s.exec(url) ?? []
  const plain = rest.split('?', 1)[0] ?? ''
  return `${scheme}://${plain.slice(plain.lastIndexOf('@') + 1)}`
}

/** Where larger bytes stand. */
export function placeOfBlobs({ data, blobs }: Pick<Config, 'data' | 'blobs'>): string {
  const { bucket, endpoint, prefix } = blobs
  if (bucket === undefined) return `${data}/blobs`
  return `bucket ${bucket}${endpoint === undefined ? '' : ` at ${endpoint}`}${prefix === '' ? '' : `, under ${prefix}`}`
}
