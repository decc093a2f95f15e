import { crc32 } from 'node:zlib'

const blockBytes = 512
const encoder = new TextEncoder()

/** Files by their paths, of at most 100 bytes, as a tar archive (POSIX.1-2001, ustar): the same bytes for the same files. */
export function tarOf(files: Readonly<Record<string, string>>): Uint8Array {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const content = encoder.encode(text)
    return [header(path, content.length), content, new Uint8Array(-content.length & (blockBytes - 1))]
  })
  return Buffer.concat([...parts, new Uint8Array(2 * blockBytes)])
}

function header(path: string, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  block.write(path, 0, 'utf8')
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write('        0', 148, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((all, byte) => all + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** What one block of deflate can hold as it is (RFC 1951, section 3.2.4). */
const storedBytes = 65_535

/** In gzip's form (RFC 1952) without being compressed: what a compressor makes of it depends on its release. */
export function gzipOf(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)]
  for (let at = 0; at === 0 || at < bytes.length; at += storedBytes) {
    const stored = bytes.subarray(at, at + storedBytes)
    const head = Buffer.alloc(5)
    head.writeUInt8(at + storedBytes >= bytes.length ? 1 : 0, 0)
    head.writeUInt16LE(stored.length, 1)
    head.writeUInt16LE(~stored.length & 0xffff, 3)
    parts.push(head, stored)
  }
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(bytes), 0)
  tail.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([...parts, tail])
}
