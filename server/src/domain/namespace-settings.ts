import type { Quota } from './quota.ts'

export const namespaceVisibilities = ['public', 'internal', 'private'] as const
/** Who finds what is in a namespace: everyone, everybody who has an account, or those alone who were given a right. */
export type NamespaceVisibility = (typeof namespaceVisibilities)[number]

export function isNamespaceVisibility(text: string): text is NamespaceVisibility {
  return (namespaceVisibilities as readonly string[]).includes(text)
}

/** Settings that this release knows and cannot carry out yet: nobody may rely on them. */
export const unbuiltSettings = [
  'requireSignedArtifacts',
  'autoScanVulnerabilities',
  'requiresReview',
  'autoPublish',
  'defaultLicense',
] as const
export type UnbuiltSetting = (typeof unbuiltSettings)[number]

/** What is kept of a namespace beside what stands in columns. */
export interface KeptSettings {
  /** Globs as in the configuration, whose own hold as well. */
  readonly immutableTags?: readonly string[]
  /** Before that of the configuration, measure by measure. */
  readonly quota?: Quota
  /** From where alone it is there, as `AddressRanges` has it; empty: from everywhere. Those of the configuration hold as well. */
  readonly addresses?: readonly string[]
}

export interface NamespaceSettings extends Required<KeptSettings> {
  readonly visibility: NamespaceVisibility
  /** Everybody who has an account may make artifacts in it, and work on those that are theirs. */
  readonly allowPublicPublish: boolean
  readonly requireSignedArtifacts: boolean
  readonly autoScanVulnerabilities: boolean
  readonly requiresReview: boolean
  readonly autoPublish: boolean
  /** Empty: none. */
  readonly defaultLicense: string
}

/** What is to be otherwise. A bound of the quota that is null is taken away again. */
export type SettingsChange = Partial<Omit<NamespaceSettings, 'quota'>> & {
  readonly quota?: { readonly [M in keyof Quota]?: number | null }
}

/** In the records they are JSON. @throws SyntaxError: it is none */
export function readKeptSettings(text: string): KeptSettings {
  return JSON.parse(text) as KeptSettings
}
