import assert from 'node:assert/strict'
import { parseRange } from '../../src/domain/byte-range.ts'
import { parseContentRange } from '../../src/domain/content-range.ts'
import { matchesStrongly, matchesWeakly, parseEntityTags } from '../../src/domain/etag.ts'
import {
  acceptsMediaType,
  isForeignMediaType,
  maxMediaType,
  mediaTypes,
  parseMediaType,
} from '../../src/domain/media-type.ts'
import { formatTimestamp, parseTimestamp } from '../../src/domain/rfc3339.ts'
import { fuzz } from './fuzz.ts'

fuzz({
  name: 'range',
  seeds: ['bytes=0-1', 'bytes=5-', 'bytes=-5', 'bytes= 0-9 ', 'bytes=0-0,2-3'],
  tokens: ['bytes=', 'items=', '0', '1', '-', ',', ' ', '9007199254740993'],
  read(text) {
    let ranges = 0
    for (const size of [0, 1, 10, Number.MAX_SAFE_INTEGER]) {
      const found = parseRange(text, size)
      if (typeof found === 'string') continue
      ranges++
      assert.ok(Number.isSafeInteger(found.start) && Number.isSafeInteger(found.end))
      assert.ok(0 <= found.start && found.start <= found.end && found.end < size)
    }
    return ranges > 0 || text === 'bytes=0-0,2-3'
  },
})

fuzz({
  name: 'content-range',
  seeds: ['0-0', '10-19', 'bytes 0-9/10', 'bytes 0-9/*'],
  tokens: ['bytes ', '0', '1', '-', '/', '*', '9007199254740991'],
  read(text) {
    const { start, end } = parseContentRange(text)
    assert.ok(0 <= start && start <= end && Number.isSafeInteger(end + 1))
    return true
  },
})

fuzz({
  name: 'etag',
  seeds: ['*', '"a"', 'W/"a"', '"sha256:ab", W/"c" ,"d"', 'sha256:ab'],
  tokens: ['"', 'W/', ',', ' ', '\t', '*', 'a', '"a",', '", ', ',,'],
  read(text) {
    const tags = parseEntityTags(text, 'If-Match')
    assert.ok(tags === 'any' || tags.length > 0)
    if (tags !== 'any') {
      for (const tag of tags) {
        assert.ok(!tag.value.includes('"'))
        assert.equal(matchesWeakly(tags, tag.value), true)
        if (!tag.weak) assert.equal(matchesStrongly(tags, tag.value), true)
      }
    }
    return true
  },
})

fuzz({
  name: 'accept',
  seeds: [
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.oci.image.index.v1+json;q=0, */*',
    'text/*;q=0.5, application/*;level="1,\\"2"',
    '*/*;q=0',
  ],
  tokens: ['*/*', 'application/*', mediaTypes.ociManifest, ',', ';', ' ', '"', '\\', 'q=', '0', '.000', '='],
  read(text) {
    const taken = acceptsMediaType(text, mediaTypes.ociManifest)
    // A range that was not there before can only add to what is taken, if it is the most exact.
    const open = text.length < 16_000 && !/["\\]/.test(text)
    if (open)
      assert.equal(acceptsMediaType(`${text}, ${mediaTypes.ociManifest}`, mediaTypes.ociManifest), true)
    return taken || text.includes('q=0')
  },
})

fuzz({
  name: 'media-type',
  seeds: [
    'application/json',
    'text/plain; charset=utf-8',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ],
  tokens: ['a', '/', '+', '.', ';', '=', '"', 'application/', 'json', '!', '#', '^'],
  read(text) {
    const type = parseMediaType(text)
    assert.equal(parseMediaType(type), type)
    assert.ok(type.length <= maxMediaType && type === type.toLowerCase())
    isForeignMediaType(text)
    return true
  },
})

fuzz({
  name: 'rfc3339',
  seeds: ['2026-01-02T03:04:05Z', '2024-02-29t23:59:59.123456789+23:59', '0000-01-01T00:00:00-00:00'],
  tokens: ['0', '1', '2', '9', '-', ':', '.', 'T', 'Z', '+', '60', '24'],
  read(text) {
    const ms = parseTimestamp(text)
    assert.ok(Number.isSafeInteger(ms))
    assert.equal(parseTimestamp(formatTimestamp(ms)), ms)
    return true
  },
})
