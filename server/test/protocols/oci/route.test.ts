import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../../src/domain/error.ts'
import { parseRoute } from '../../../src/protocols/oci/route.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('a path', () => {
  it('is read from the right', () => {
    for (const [path, endpoint, name, argument] of [
      ['/v2/a/manifests/v1', 'manifest', 'a', 'v1'],
      ['/v2/a/b/c/manifests/v1', 'manifest', 'a/b/c', 'v1'],
      ['/v2/manifests/manifests/manifests', 'manifest', 'manifests', 'manifests'],
      ['/v2/a/blobs/uploads/manifests/x', 'manifest', 'a/blobs/uploads', 'x'],
      [`/v2/a/blobs/${digest}`, 'blob', 'a', digest],
      [`/v2/a/blobs/${encodeURIComponent(digest)}`, 'blob', 'a', digest],
      [`/v2/blobs/uploads/blobs/${digest}`, 'blob', 'blobs/uploads', digest],
      ['/v2/a/blobs/uploads/', 'uploads', 'a', ''],
      ['/v2/a/blobs/uploads', 'uploads', 'a', ''],
      ['/v2/a/blobs/uploads/u1', 'upload', 'a', 'u1'],
      ['/v2/a/tags/list', 'tags', 'a', ''],
      ['/v2/a/blobs/uploads/tags/list', 'tags', 'a/blobs/uploads', ''],
      [`/v2/a/referrers/${digest}`, 'referrers', 'a', digest],
      ['/v2/a/_lading/tags/v1/history', 'tag-history', 'a', 'v1'],
      ['/v2/a/_lading/tags/tags/history', 'tag-history', 'a', 'tags'],
      ['/v2/a/_lading/tags/manifests/history', 'tag-history', 'a', 'manifests'],
      ['/v2/a/manifests/history', 'manifest', 'a', 'history'],
    ] as const) {
      assert.deepEqual(parseRoute(path), { endpoint, name, argument }, path)
    }
    assert.deepEqual(parseRoute('/v2'), { endpoint: 'ping' })
    assert.deepEqual(parseRoute('/v2/'), { endpoint: 'ping' })
    assert.deepEqual(parseRoute('/v2/_catalog'), { endpoint: 'catalog' })
  })

  it('may be none of the endpoints', () => {
    for (const path of [
      '/v2/a',
      '/v2/a/b',
      '/v2/tags/list',
      '/v2/manifests/x',
      '/v2/a/tags/history',
      '/v2//',
      '/v2/_lading/tags/v1/history',
      '/v2/uploads/x',
    ]) {
      assert.equal(parseRoute(path), undefined, path)
    }
  })

  it('is refused where its encoding is broken, or hides a slash', () => {
    assert.throws(
      () => parseRoute('/v2/a/manifests/%zz'),
      (error) => isRegistryError(error, 'parameter-invalid'),
    )
    assert.throws(
      () => parseRoute('/v2/a%2Fb/manifests/x'),
      (error) => isRegistryError(error, 'name-invalid'),
    )
  })
})
