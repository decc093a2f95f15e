import assert from 'node:assert/strict'
import type { FileHandle } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { segmentsOf } from '../../../../src/adapters/directory/shared/checked-path.ts'
import { scanTar } from '../../../../src/adapters/directory/tar/scan-tar.ts'
import { blockBytes, padding, writeHeader } from '../../../../src/adapters/directory/tar/tar-header.ts'
import { DirectoryError } from '../../../../src/ports/directory/errors.ts'

const { LADING_FUZZ_RUNS, LADING_FUZZ_SEED } = process.env
const runs = Math.ceil(Number(LADING_FUZZ_RUNS ?? 20_000) / 4)
const seed = Number(LADING_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
const maxCaseMs = 1000
const never = new AbortController().signal

/** What the scan asks of an open file. */
function inMemory(bytes: Buffer): FileHandle {
  return {
    stat: async () => ({ size: bytes.length }),
    read: async (buffer: Buffer, at: number, length: number, position: number) => ({
      bytesRead: bytes.copy(buffer, at, position, Math.min(bytes.length, position + length)),
    }),
  } as unknown as FileHandle
}

/** A header whose fields are what they are, and whose sum is right. */
function header(fields: { name: string; type: string; size: string; prefix: string }): Buffer {
  const block = writeHeader('', 'file', 0)
  const put = (text: string, start: number, length: number): void => {
    block.fill(0, start, start + length)
    block.write(text.slice(0, length), start, 'latin1')
  }
  put(fields.name, 0, 100)
  put(fields.size, 124, 12)
  put(fields.type, 156, 1)
  put(fields.prefix, 345, 155)
  put('        ', 148, 8)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

const anyName = fc
  .array(
    fc.constantFrom('a', 'blobs', '/', '.', '..', './', '\\', '\0', 'sha256', ' ', 'é', 'x'.repeat(60)),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))
/** Most such that what else is wrong can be seen. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.nat(999).map((n) => `blobs/sha256/${n}`) },
  { weight: 1, arbitrary: anyName },
)
const record = fc.oneof(
  name.map((path) => pax('path', path)),
  fc.integer({ min: -1, max: 4000 }).map((size) => pax('size', String(size))),
  fc.constantFrom(
    '9 size=1\n',
    '999999999 path=x\n',
    '5 a=\n',
    '00000000000000012 path=x\n',
    'path=x\n',
    '0 \n',
  ),
  fc.string({ maxLength: 20 }),
)
const content = fc.oneof(
  fc.array(record, { maxLength: 3 }).map((records) => Buffer.from(records.join(''))),
  name.map((text) => Buffer.from(text)),
  fc.integer({ min: 0, max: 1500 }).map((size) => Buffer.alloc(size, 'c')),
)
const size = fc.oneof(
  { weight: 15, arbitrary: fc.constant('true') },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.integer({ min: 0, max: 5000 }).map((n) => n.toString(8).padStart(11, '0')),
      fc.constantFrom(
        '77777777777',
        '\x80\0\0\0\0\0\0\0\0\0\0\x05',
        '\xff'.repeat(12),
        '-1',
        '9',
        '',
        ' 12 ',
      ),
    ),
  },
)
const entry = fc
  .record({
    name,
    type: fc.constantFrom(...'0000000000000055xxxgLKSV7\0'.split('')),
    size,
    prefix: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, anyName),
    content,
  })
  .map(({ content: bytes, ...fields }) => {
    const told = fields.size === 'true' ? bytes.length.toString(8).padStart(11, '0') : fields.size
    return Buffer.concat([header({ ...fields, size: told }), bytes, padding(bytes.length)])
  })
const archive = fc
  .record({
    entries: fc.array(entry, { maxLength: 6 }),
    end: fc.integer({ min: 0, max: 2 }),
    flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 1 }),
    cut: fc.option(fc.nat(), { freq: 6 }),
  })
  .map(({ entries, end, flips, cut }) => {
    const bytes = Buffer.concat([...entries, Buffer.alloc(end * blockBytes)])
    for (const [at, value] of flips) if (bytes.length > 0 && value < 64) bytes[at % bytes.length] = value
    return cut === null || bytes.length === 0 ? bytes : bytes.subarray(0, cut % bytes.length)
  })

function pax(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  const digits = String(rest + String(rest).length).length
  return `${rest + digits} ${key}=${value}\n`
}

test(`${runs} archives are read in time, or refused, and nothing outside of them is named`, async (context) => {
  context.diagnostic(`LADING_FUZZ_SEED=${seed}`)
  let taken = 0
  await fc.assert(
    fc.asyncProperty(archive, async (bytes) => {
      const begun = performance.now()
      const files = await scanTar(inMemory(bytes), never).catch((error: unknown) => {
        assert.ok(error instanceof DirectoryError, `${error}`)
        return undefined
      })
      assert.ok(performance.now() - begun < maxCaseMs)
      for (const [path, place] of files ?? []) {
        segmentsOf(path)
        assert.ok(place.start >= blockBytes && place.size >= 0)
        assert.ok(place.start + place.size <= bytes.length, `${path} goes beyond the end`)
        taken++
      }
    }),
    { numRuns: runs, seed },
  )
  assert.ok(taken > runs / 20, `only ${taken} files were found in ${runs} archives: little was tried`)
})
