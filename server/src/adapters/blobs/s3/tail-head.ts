/**
 * What an object of a tail begins with: chance, so that two of them never have the same etag, whatever they say. S3 makes
 * an etag of the bytes alone.
 */
export const tailHead = 16
