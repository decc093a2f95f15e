import type { Expectation, ResultsExpectation } from './gate.ts'

/** The present program holds a registry against a version of the specification. */
export const present: Readonly<Record<'1.1' | 'dev', ResultsExpectation>> = {
  '1.1': {
    // The cancelling of an upload and tags by parameter come with the next version; the test of it reports a skip.
    skips: [
      'OCI Conformance Test/sha256 blobs/post cancel/blob-post-cancel',
      'OCI Conformance Test/sha512 blobs/post cancel/blob-post-cancel',
    ],
    disabled: [
      'Blob upload cancel',
      'Manifest put with tag params',
      'Sparse Manifests',
      'Tag Param',
      'Tag Param sha512',
    ],
    leastPassed: 693,
  },
  dev: {
    skips: [],
    disabled: ['Sparse Manifests'],
    leastPassed: 793,
  },
}

const suite = 'OCI Distribution Conformance Tests'

/** Version 1.1.1's program, told that blobs are mounted without a source being named. */
export const earlier: Expectation = {
  skips: [
    // Content and tags that would come from outside instead of being pushed.
    `${suite} Pull Setup Get tag name from environment`,
    `${suite} Content Discovery Setup Populate registry with test tags (no push)`,
    // The other answers: a mount that is not carried out, with a source and without.
    `${suite} Push Cross-Repository Blob Mount Cross-mounting of nonexistent blob should yield session id`,
    `${suite} Push Cross-Repository Blob Mount Cross-mounting without from, and automatic content discovery disabled should return a 202`,
  ],
  leastPassed: 75,
}
