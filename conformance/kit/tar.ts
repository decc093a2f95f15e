/** One regular file of an archive. */
export interface TarEntry {
  readonly name: string
  readonly content: Uint8Array
}

const block = 512
/** 2001-09-09: any fixed time makes equal archives of equal files. */
const modified = 1_000_000_000

/** A ustar archive of plain files (POSIX.1-1988, pax section "ustar Interchange Format"). Names up to 100 bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ])
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at)
  }
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for a plain ustar name`)
  bytes.write(name, 0)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(modified, 136, 12)
  bytes.write('        0', 148)
  bytes.write('ustar\x0000', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}
