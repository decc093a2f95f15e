import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { digestOf, makeImage } from './image.ts'
import { tar } from './tar.ts'

test('an archive is one that tar reads, with names and bytes', () => {
  const entries = ['a', 'b/c'].map((name, at) => ({ name, content: Buffer.alloc(511 + at, name) }))
  const input = tar(entries)
  const listed = spawnSync('tar', ['-tvf', '-'], { input, encoding: 'utf8' })
  assert.equal(listed.stderr, '')
  assert.deepEqual(
    listed.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).toSpliced(3, 2).join(' ')),
    ['-rw-r--r-- 0/0 511 a', '-rw-r--r-- 0/0 512 b/c'],
  )
  const { stdout } = spawnSync('tar', ['-xOf', '-', 'b/c'], { input })
  assert.ok(stdout.equals(entries[1]?.content ?? Buffer.alloc(0)))
})

test("an image's digests are those of its bytes, and no image is like another", () => {
  const image = makeImage([10, 20])
  const { config, layers } = JSON.parse(image.manifest.bytes.toString())
  assert.equal(config.digest, digestOf(image.config.bytes))
  assert.deepEqual(
    layers.map(({ digest }: { digest: string }) => digest),
    image.layers.map(({ bytes }) => digestOf(bytes)),
  )
  assert.deepEqual(
    JSON.parse(image.config.bytes.toString()).rootfs.diff_ids,
    image.layers.map(({ bytes }) => digestOf(gunzipSync(bytes))),
  )
  assert.notEqual(makeImage([10, 20]).manifest.digest, image.manifest.digest)
})
