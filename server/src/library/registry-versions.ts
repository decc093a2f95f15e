import type { Limits } from '../core/ledger/limits.ts'
import { RegistryError } from '../domain/error.ts'
import type { Embedded } from './embedded.ts'
import { astFile, flatVersion, flatVersionAsSaid } from './flat-shape.ts'
import type { FlatVersion } from './flat-types.ts'

/** Versions whose content is read at a time. */
const readTogether = 100

/** One version, with what it said itself. */
export async function flatVersionOf(face: Embedded, id: string, version: string): Promise<FlatVersion> {
  const { artifacts, limits } = face
  const [artifact, found] = await Promise.all([artifacts.read(id), artifacts.version(id, version)])
  const hasAst = found.files.some(({ name }) => name === astFile)
  // By its digest: a draft may have changed since it was read.
  const key = { kind: artifact.kind, digest: found.digest }
  const [text] = hasAst ? await artifacts.contents([key], astFile) : []
  return flatVersionAsSaid(artifact, found, text?.file, limits)
}

/** The highest first. */
export async function flatVersions({ artifacts, limits }: Embedded, id: string): Promise<FlatVersion[]> {
  const [artifact, versions] = await Promise.all([artifacts.read(id), artifacts.versions(id)])
  const told: FlatVersion[] = []
  let characters = 0
  for (let at = 0; at < versions.length; at += readTogether) {
    const some = versions.slice(at, at + readTogether)
    const keys = some.map(({ digest }) => ({ kind: artifact.kind, digest }))
    const texts = await artifacts.contents(keys, astFile)
    for (const { source, file = '' } of texts) characters += source.length + file.length
    if (versions.length > 1 && characters > limits.sourcesPerPage) throw tooMuch(limits)
    told.push(...some.map((version, n) => flatVersion({ artifact, version }, texts[n] ?? { source: '' })))
  }
  return told
}

/** Of versions that are listed together. */
export function tooMuch({ sourcesPerPage }: Pick<Limits, 'sourcesPerPage'>): RegistryError {
  const what = 'what all versions hold together (read them one at a time, or raise limits.sourcesPerPage)'
  return new RegistryError('too-large', { what, limit: sourcesPerPage })
}
