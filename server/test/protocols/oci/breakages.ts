/** A request or an answer on its way through the proxy; names of headers in lower case. */
export interface Passing {
  readonly method: string
  path: string
  headers: Record<string, string>
  body: Buffer
}

export interface PassingAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** One way to be wrong, and the requirements that must notice. */
export interface Breakage {
  readonly name: string
  readonly kills: readonly string[]
  /** Changes the request before the registry sees it. */
  readonly request?: (request: Passing) => void
  /** Changes the answer before the client sees it. */
  readonly answer?: (answer: PassingAnswer, request: Passing) => void
}

const on = (pattern: RegExp, methods = 'GET HEAD'): ((request: Passing) => boolean) => {
  const wanted = new Set(methods.split(' '))
  return ({ method, path }) => wanted.has(method) && pattern.test(path)
}
const blobs = /\/blobs\/sha/
const manifests = /\/manifests\/[^/]+$/
const uploads = /\/blobs\/uploads\//
const tagsList = /\/tags\/list/
const referrers = /\/referrers\//

const when =
  (applies: (request: Passing) => boolean, change: (answer: PassingAnswer, request: Passing) => void) =>
  (answer: PassingAnswer, request: Passing): void => {
    if (applies(request)) change(answer, request)
  }

/** Makes a header something else; undefined takes it away. */
const header =
  (name: string, value?: string | ((old: string) => string)) =>
  (answer: PassingAnswer): void => {
    const old = answer.headers[name]
    if (old === undefined) return
    if (value === undefined) delete answer.headers[name]
    else answer.headers[name] = typeof value === 'string' ? value : value(old)
  }

const status =
  (from: number, to: number) =>
  (answer: PassingAnswer): void => {
    if (answer.status === from) answer.status = to
  }

// biome-ignore lint/suspicious/noExplicitAny: any JSON
const json = (change: (value: any) => unknown) => (answer: PassingAnswer) => {
  if (answer.status !== 200) return
  const value = JSON.parse(answer.body.toString())
  answer.body = Buffer.from(JSON.stringify(change(value) ?? value))
  answer.headers['content-length'] = String(answer.body.length)
}

const flipped = (answer: PassingAnswer): void => {
  if (answer.status >= 300 || answer.body.length === 0) return
  answer.body = Buffer.from(answer.body)
  answer.body[0] = (answer.body[0] ?? 0) ^ 1
}

const dropQuery =
  (...names: string[]) =>
  (request: Passing): void => {
    const url = new URL(request.path, 'http://registry.invalid')
    for (const name of names) url.searchParams.delete(name)
    request.path = url.pathname + url.search
  }

const dropHeader =
  (name: string) =>
  (request: Passing): void => {
    delete request.headers[name]
  }

export const breakages: readonly Breakage[] = [
  {
    name: 'no registry at /v2/',
    kills: ['ping/answers'],
    answer: when(on(/^\/v2\/?$/), status(200, 404)),
  },
  {
    name: 'no version header',
    kills: ['ping/version-header'],
    answer: header('docker-distribution-api-version'),
  },
  {
    name: 'a blob with a bit flipped',
    kills: ['pull/blob', 'pull/blob-empty', 'pull/blob-range', 'push/again', 'push/digest-algorithm'],
    answer: when(on(blobs), flipped),
  },
  {
    name: 'blobs of a guessed type',
    kills: ['pull/blob'],
    answer: when(on(blobs), header('content-type', 'text/plain')),
  },
  {
    name: 'no Docker-Content-Digest',
    kills: [
      'pull/blob-digest-header',
      'pull/manifest-by-tag',
      'pull/manifest-by-digest',
      'pull/manifest-head',
      'push/manifest-by-tag',
      'push/manifest-by-digest',
      'push/manifest-sha512',
    ],
    answer: header('docker-content-digest'),
  },
  {
    name: 'no Content-Length on HEAD',
    kills: ['pull/blob-head', 'pull/manifest-head'],
    answer: when(on(/^/, 'HEAD'), header('content-length')),
  },
  {
    name: '200 for content that is not there',
    kills: ['pull/blob-missing', 'pull/blob-of-another-repository', 'pull/manifest-missing', 'delete/blob'],
    answer: when(on(/\/(?:blobs\/sha|manifests\/)/), status(404, 200)),
  },
  {
    name: 'all content is in all repositories',
    kills: ['pull/blob-of-another-repository', 'pull/blob-missing'],
    answer: when(on(blobs), (answer, { path }) => {
      if (answer.status === 404) Object.assign(answer, { status: 200, body: Buffer.from(path) })
    }),
  },
  { name: 'ranges are ignored', kills: ['pull/blob-range'], request: dropHeader('range') },
  { name: '200 for a part', kills: ['pull/blob-range'], answer: status(206, 200) },
  {
    name: 'a wrong Content-Range',
    kills: ['pull/blob-range', 'pull/blob-range-unsatisfiable'],
    answer: header('content-range', (old) => old.replace(/\/[0-9]+/, '/1')),
  },
  {
    name: '400 for a range out of bounds',
    kills: ['pull/blob-range-unsatisfiable'],
    answer: when(on(blobs), status(416, 400)),
  },
  { name: 'no ETag', kills: ['pull/blob-caching', 'pull/manifest-caching'], answer: header('etag') },
  {
    name: 'If-None-Match is ignored',
    kills: ['pull/blob-caching', 'pull/manifest-caching', 'push/if-match'],
    request: dropHeader('if-none-match'),
  },
  {
    name: 'a tag is cached for ever',
    kills: ['pull/manifest-caching'],
    answer: header('cache-control', 'public, max-age=31536000, immutable'),
  },
  {
    name: 'a charset behind every type',
    kills: [
      'pull/manifest-by-tag',
      'pull/manifest-head',
      'push/manifest-type-parameters',
      'referrers/none',
      'referrers/all',
    ],
    answer: header('content-type', (old) => `${old}; charset=utf-8`),
  },
  {
    name: 'manifests are reformatted',
    kills: [
      'pull/manifest-by-tag',
      'pull/manifest-by-digest',
      'push/manifest-exact-bytes',
      'push/manifest-sha512',
      'push/manifest-of-4-mb',
      'push/index',
      'push/artifact',
      'push/manifest-tag-parameters',
      'push/subject-missing',
    ],
    answer: when(on(manifests, 'GET'), (answer) => {
      if (answer.status !== 200) return
      answer.body = Buffer.concat([answer.body, Buffer.from('\n')])
      answer.headers['content-length'] = String(answer.body.length)
    }),
  },
  {
    name: 'errors as plain text',
    kills: [
      'pull/blob-missing',
      'pull/manifest-bad-digest',
      'errors/name',
      'errors/method',
      'errors/unknown-path',
    ],
    answer: (answer) => {
      if (answer.status >= 400) answer.headers['content-type'] = 'text/plain'
    },
  },
  {
    name: 'one code for all errors',
    kills: [
      'pull/manifest-bad-digest',
      'push/unsupported-digest',
      'push/manifest-invalid',
      'push/manifest-bad-tag',
      'push/manifest-wrong-digest',
      'push/manifest-missing-content',
      'tags/unknown-repository',
      'referrers/bad-digest',
      'errors/unknown-path',
    ],
    answer: (answer) => {
      if (answer.status >= 400) answer.body = Buffer.from('{"errors":[{"code":"UNKNOWN","message":""}]}')
      if (answer.status >= 400) answer.headers['content-length'] = String(answer.body.length)
    },
  },
  {
    name: '200 for a session that begins',
    kills: ['push/post-then-put-sha256', 'push/post-then-put-sha512', 'push/cancel-unused', 'pull/blob'],
    answer: when(on(uploads, 'POST'), status(202, 200)),
  },
  {
    name: 'uploads without a Location',
    kills: ['push/post-then-put-sha256', 'push/chunks-sha256', 'push/status', 'push/last-chunk-in-put'],
    answer: when(on(uploads, 'POST PATCH GET'), header('location')),
  },
  {
    name: 'a session id without a UUID',
    kills: ['push/post-then-put-sha256'],
    answer: when(on(uploads, 'POST'), header('location', '/v2/a/b/blobs/uploads/1')),
  },
  {
    name: 'no single POST',
    kills: ['push/single-post-sha256', 'push/single-post-sha512'],
    request: (request) => {
      if (on(uploads, 'POST')(request)) dropQuery('digest')(request)
    },
  },
  {
    name: 'the Location of a blob leads nowhere',
    kills: [
      'push/single-post-sha256',
      'push/single-post-sha512',
      'push/chunks-sha512',
      'push/stream-sha256',
      'push/mount',
      'push/mount-from-anywhere',
      'push/mount-missing',
    ],
    answer: (answer) => {
      if (answer.status === 201) header('location', '/v2/a/b/blobs/nowhere')(answer)
    },
  },
  {
    name: 'sha256 for whatever was announced',
    kills: ['push/post-then-put-sha512', 'push/chunks-sha512', 'push/stream-sha512', 'push/digest-algorithm'],
    answer: header('docker-content-digest', (old) => old.replace(/^sha512:.*/, `sha256:${'0'.repeat(64)}`)),
  },
  {
    name: 'a Range that counts too much',
    kills: [
      'push/chunks-sha256',
      'push/chunks-sha512',
      'push/stream-sha256',
      'push/stream-sha512',
      'push/status',
    ],
    answer: header('range', (old) => old.replace(/[0-9]+$/, (end) => String(Number(end) + 1))),
  },
  {
    name: 'the first chunk only',
    kills: ['push/chunks-sha256', 'push/chunks-sha512'],
    request: (request) => {
      const range = request.headers['content-range']
      if (range !== undefined && !range.startsWith('0-')) Object.assign(request, { body: Buffer.alloc(0) })
    },
  },
  {
    name: 'chunks in any order',
    kills: ['push/out-of-order-patch', 'push/out-of-order-put'],
    request: dropHeader('content-range'),
  },
  {
    name: '400 for a chunk out of order',
    kills: ['push/out-of-order-patch', 'push/out-of-order-put'],
    answer: when(on(uploads, 'PATCH PUT'), status(416, 400)),
  },
  {
    name: '200 for the status of an upload',
    kills: ['push/status', 'push/out-of-order-patch'],
    answer: when(on(uploads), status(204, 200)),
  },
  {
    name: 'the digest is not compared',
    kills: ['push/wrong-digest-sha256', 'push/wrong-digest-sha512'],
    answer: when(on(uploads, 'POST PUT'), status(400, 201)),
  },
  {
    name: 'a wrong blob is kept',
    kills: ['push/wrong-digest-sha256', 'push/wrong-digest-sha512'],
    answer: when(on(blobs, 'HEAD'), status(404, 200)),
  },
  {
    name: 'nothing can be cancelled',
    kills: ['push/cancel', 'push/cancel-unused'],
    answer: when(on(uploads, 'DELETE'), status(204, 405)),
  },
  {
    name: 'what is cancelled goes on',
    kills: ['push/cancel', 'push/unknown-upload'],
    answer: when(on(uploads), status(404, 204)),
  },
  {
    name: 'every digest is taken',
    kills: ['push/unsupported-digest'],
    answer: when(on(/digest=md5/, 'POST PUT'), status(400, 201)),
  },
  {
    name: 'every algorithm is taken',
    kills: ['push/digest-algorithm'],
    answer: when(on(/digest-algorithm=md5/, 'POST'), status(400, 202)),
  },
  {
    name: 'nothing is mounted',
    kills: ['push/mount', 'push/mount-from-anywhere', 'delete/blob-keeps-other-repositories'],
    request: dropQuery('mount', 'from'),
  },
  {
    name: 'what is not there is mounted',
    kills: ['push/mount-missing'],
    answer: when(on(/mount=/, 'POST'), status(202, 201)),
  },
  {
    name: 'a blob that is here already is refused',
    kills: ['push/again'],
    // The second push of the same digest to a repository.
    answer: (() => {
      const seen = new Set<string>()
      return when(on(/digest=/, 'PUT'), (answer, { path }) => {
        const pushed = `${path.slice(0, path.indexOf('/uploads/'))} ${path.slice(path.indexOf('digest='))}`
        if (seen.has(pushed)) answer.status = 409
        seen.add(pushed)
      })
    })(),
  },
  {
    name: 'the last chunk is lost',
    kills: ['push/last-chunk-in-put'],
    request: (request) => {
      if (on(uploads, 'PUT')(request) && request.headers['content-range'] !== undefined) {
        request.body = Buffer.alloc(0)
        delete request.headers['content-range']
      }
    },
  },
  {
    name: 'a manifest is not at its Location',
    kills: ['push/manifest-by-tag', 'push/manifest-by-digest'],
    answer: when(on(manifests, 'PUT'), header('location', '/v2/a/b/manifests/nowhere')),
  },
  {
    name: 'a tag stays where it was',
    kills: ['push/manifest-moves-tag', 'history/moves'],
    request: (() => {
      const pushed = new Map<string, Buffer>()
      return (request: Passing) => {
        if (!on(manifests, 'PUT')(request)) return
        const first = pushed.get(request.path)
        if (first === undefined) pushed.set(request.path, request.body)
        else request.body = first
      }
    })(),
  },
  {
    name: 'a manifest under any digest',
    kills: ['push/manifest-wrong-digest'],
    answer: when(on(manifests, 'PUT'), status(400, 201)),
  },
  {
    name: '500 for broken JSON',
    kills: ['push/manifest-invalid', 'push/manifest-bad-tag', 'push/manifest-missing-content'],
    answer: when(on(manifests, 'PUT'), status(400, 500)),
  },
  {
    name: 'manifests of 1 MiB at most',
    kills: ['push/manifest-of-4-mb'],
    answer: when(on(manifests, 'PUT'), (answer, { body }) => {
      if (body.length > 1_048_576) answer.status = 413
    }),
  },
  {
    name: 'manifests of any size',
    kills: ['push/manifest-too-large'],
    answer: when(on(manifests, 'PUT'), status(413, 201)),
  },
  {
    name: 'known types alone',
    kills: ['push/index', 'push/artifact'],
    answer: when(on(manifests, 'PUT'), (answer, { body }) => {
      if (/"manifests":|artifactType/.test(body.toString())) answer.status = 400
    }),
  },
  {
    name: 'tags of the query are dropped',
    kills: ['push/manifest-tag-parameters'],
    request: dropQuery('tag'),
  },
  { name: 'no OCI-Tag', kills: ['push/manifest-tag-parameters'], answer: header('oci-tag') },
  {
    name: 'no OCI-Subject',
    kills: ['push/subject-header', 'push/subject-missing'],
    answer: header('oci-subject'),
  },
  {
    name: 'a subject has to be there',
    kills: ['push/subject-missing', 'referrers/before-their-subject'],
    answer: when(on(manifests, 'PUT'), (answer, { body }) => {
      if (body.includes('"subject"')) answer.status = 404
    }),
  },
  { name: 'If-Match is ignored', kills: ['push/if-match'], request: dropHeader('if-match') },
  {
    name: 'tags in the order of their push',
    kills: ['tags/all-in-order', 'tags/n', 'tags/link', 'tags/last'],
    answer: when(
      on(tagsList),
      json((list) => list.tags?.reverse() && undefined),
    ),
  },
  {
    name: 'n is ignored',
    kills: ['tags/n', 'tags/n-of-zero', 'tags/link', 'catalog/pages'],
    request: dropQuery('n'),
  },
  { name: 'last is ignored', kills: ['tags/last', 'tags/link', 'history/moves'], request: dropQuery('last') },
  {
    name: 'a list of none becomes null',
    kills: [
      'tags/none',
      'tags/n-of-zero',
      'delete/tag',
      'delete/manifest',
      'referrers/none',
      'names/with-words-of-paths',
    ],
    answer: when(
      on(/\/tags\/list|\/referrers\//),
      json((list) => ({
        ...list,
        tags: list.tags?.length ? list.tags : null,
        manifests: list.manifests?.length ? list.manifests : null,
      })),
    ),
  },
  { name: 'no Link', kills: ['tags/link', 'referrers/pages', 'catalog/pages'], answer: header('link') },
  {
    name: 'n is not checked',
    kills: ['tags/n-invalid'],
    answer: when(on(tagsList), status(400, 200)),
  },
  {
    name: 'an empty list for a repository that is not there',
    kills: ['tags/unknown-repository'],
    answer: when(on(tagsList), status(404, 200)),
  },
  {
    name: 'repositories out of order',
    kills: ['catalog/pages'],
    answer: when(
      on(/_catalog/),
      json((list) => list.repositories.reverse() && undefined),
    ),
  },
  {
    name: '404 where nothing refers',
    kills: ['referrers/none', 'names/with-words-of-paths'],
    answer: when(on(referrers), (answer) => {
      if (answer.body.includes('"manifests":[]')) answer.status = 404
    }),
  },
  {
    name: 'referrers without artifactType',
    kills: ['referrers/all', 'referrers/filter', 'referrers/before-their-subject'],
    answer: when(
      on(referrers),
      json((index) => {
        for (const descriptor of index.manifests) delete descriptor.artifactType
      }),
    ),
  },
  {
    name: 'referrers without annotations',
    kills: ['referrers/all'],
    answer: when(
      on(referrers),
      json((index) => {
        for (const descriptor of index.manifests) delete descriptor.annotations
      }),
    ),
  },
  { name: 'the filter is not applied', kills: ['referrers/filter'], request: dropQuery('artifactType') },
  {
    name: 'the filter is not announced',
    kills: ['referrers/filter'],
    answer: header('oci-filters-applied'),
  },
  {
    name: 'one referrer is left out',
    kills: ['referrers/all', 'referrers/pages', 'referrers/before-their-subject'],
    answer: when(
      on(referrers),
      json((index) => void index.manifests.shift()),
    ),
  },
  {
    name: '404 for a malformed subject',
    kills: ['referrers/bad-digest'],
    answer: when(on(referrers), status(400, 404)),
  },
  {
    name: 'history from the oldest on',
    kills: ['history/moves'],
    answer: when(
      on(/\/history/),
      json((history) => history.entries.reverse() && undefined),
    ),
  },
  {
    name: 'nothing is deleted',
    kills: ['delete/tag', 'delete/manifest', 'delete/blob', 'delete/blob-in-use', 'history/moves'],
    answer: when(on(/^/, 'DELETE'), status(202, 405)),
  },
  {
    name: 'what is deleted can still be seen',
    kills: ['delete/tag', 'delete/manifest', 'delete/blob'],
    answer: when(on(/\/(?:blobs\/sha|manifests\/)/), status(404, 200)),
  },
  {
    name: 'what is deleted takes its mounts with it',
    kills: ['delete/blob-keeps-other-repositories'],
    answer: (() => {
      let deleted: string | undefined
      return (answer: PassingAnswer, { method, path }: Passing) => {
        const digest = /sha256:[0-9a-f]+$/.exec(path)?.[0]
        if (method === 'DELETE') deleted = digest
        else if (digest !== undefined && digest === deleted) answer.status = 404
      }
    })(),
  },
  {
    name: 'what is in use is deleted',
    kills: ['delete/blob-in-use', 'delete/manifest-in-use'],
    answer: when(on(/^/, 'DELETE'), status(409, 202)),
  },
  {
    name: '202 for deleting what is not there',
    kills: ['delete/missing'],
    answer: when(on(/^/, 'DELETE'), status(404, 202)),
  },
  {
    name: '405 without Allow',
    kills: ['errors/method'],
    answer: header('allow'),
  },
  {
    name: '404 for a malformed name',
    kills: ['errors/name'],
    answer: when(on(/^/, 'GET POST'), (answer) => {
      if (answer.body.includes('NAME_INVALID')) answer.status = 404
    }),
  },
  {
    name: 'the leftmost word of a path decides',
    kills: ['names/with-words-of-paths'],
    answer: (answer, { path }) => {
      if (/\/(?:blobs|manifests|referrers)\/.+\/(?:blobs|manifests|tags|referrers)\//.test(path))
        answer.status = 404
    },
  },
]
