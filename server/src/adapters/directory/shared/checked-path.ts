import { directoryLimits, partialSuffix } from '../../../ports/directory/directory.ts'
import { DirectoryError } from '../../../ports/directory/errors.ts'

/** The segments of a path that leads nowhere but down. @throws DirectoryError `path` */
export function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/')
  const reason = whyNotPath(path, segments)
  if (reason !== undefined) {
    throw new DirectoryError('path', `${JSON.stringify(path.slice(0, 200))} is no path here: ${reason}`)
  }
  return segments
}

/** The same, of a file that is to be written. */
export function segmentsToWrite(path: string): readonly string[] {
  if (path.endsWith(partialSuffix)) {
    throw new DirectoryError('path', `${JSON.stringify(path)} is the name of a file that is not whole`)
  }
  return segmentsOf(path)
}

function whyNotPath(path: string, segments: readonly string[]): string | undefined {
  if (path.length > directoryLimits.path) return `it is longer than ${directoryLimits.path} characters`
  if (segments.length > directoryLimits.depth) return `it is deeper than ${directoryLimits.depth} folders`
  // A backslash separates folders on some systems, and a NUL ends a name in most.
  if (/[\0\\]/.test(path)) return 'it has a backslash or a NUL'
  return segments.some((segment) => segment === '' || segment === '.' || segment === '..')
    ? 'each part between slashes must be a name'
    : undefined
}
