/** Of config and artifact alike: `application/vnd.lading.<kind>.v1+json`. */
export function documentType(kind: string): string {
  return `application/vnd.lading.${kind}.v1+json`
}

/** The kind whose document has that media type; undefined: it is no document of Lading's. */
export function kindOfDocument(mediaType: string): string | undefined {
  return /^application\/vnd\.lading\.([a-z0-9-]+)\.v1\+json$/.exec(mediaType)?.[1]
}
