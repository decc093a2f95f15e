import { isLoopback } from '../config/place-types.ts'
import { parseRepositoryName, type RepositoryName } from '../domain/repository-name.ts'
import { parseTag, type Tag } from '../domain/tag.ts'
import { usageFailure } from './failure.ts'

/** A tag of a registry that runs somewhere. */
export interface RegistryReference {
  /** With its port, if one was said. */
  readonly host: string
  readonly name: RepositoryName
  readonly tag: Tag
  /** As written before it; undefined: it was left out. */
  readonly scheme: 'http' | 'https' | undefined
  /** Only this machine can listen in. */
  readonly loopback: boolean
}

const form = /^(?:(https?):\/\/)?((?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?)\/(.+):([^:/]+)$/

/** Unlike elsewhere the host must be said: there is no registry that could be meant. @throws Failure */
export function parseRegistryReference(text: string): RegistryReference {
  const match = form.exec(text)
  const [, scheme, host = '', name = '', tag = ''] = match ?? []
  if (match === null || !URL.canParse(`http://${host}/`)) {
    throw usageFailure(
      `wants host[:port]/name:tag, such as 127.0.0.1:7070/acme/app:v1, not ${JSON.stringify(text)}`,
    )
  }
  if (scheme === undefined && !/[.:]|^localhost$/.test(host)) {
    throw usageFailure(
      `${JSON.stringify(text)} names no host: write it before the name, such as 127.0.0.1:7070/${text}, or as http://${host} where it is one`,
    )
  }
  try {
    const { hostname } = new URL(`http://${host}/`)
    return {
      host,
      scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
      name: parseRepositoryName(name),
      tag: parseTag(tag),
      loopback: isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')),
    }
  } catch (error) {
    throw usageFailure(error instanceof Error ? error.message : String(error))
  }
}
