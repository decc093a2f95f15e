import { crc32 } from 'node:zlib'

/** As S3 wants it: big-endian, in base64. */
export function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum.toString('base64')
}
