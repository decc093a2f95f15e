import type { Visibility } from '../../domain/artifact.ts'
import type { GivenMetadata } from '../artifacts/check-metadata.ts'
import { Chance } from './chance.ts'
import { seededDocument } from './seeded-document.ts'
import { type SeedChoice, type SeededIdentity, seededIdentity } from './seeded-identity.ts'
import { firstVersionOf } from './seeded-needs.ts'
import { seededSource } from './seeded-source.ts'
import {
  capabilities,
  categories,
  languages,
  licenses,
  qualities,
  skillCategories,
  skillNames,
  topics,
  verbs,
} from './words.ts'

/** All that is to be made of one artifact. Times in ms since 1970. */
export interface SeededArtifact extends SeededIdentity {
  readonly visibility: Visibility
  readonly metadata: GivenMetadata
  /** The first one is the first version; each is above the one before. */
  readonly versions: readonly [SeededVersion, ...SeededVersion[]]
  readonly statistics: { readonly downloads: number; readonly views: number; readonly stars: number }
}

export interface SeededVersion {
  readonly version: string
  readonly source: string
  readonly document: unknown
  readonly changelog: string
  readonly published: boolean
  readonly at: number
}

const from = Date.UTC(2024, 0, 1)
const until = Date.UTC(2026, 0, 1)
/** After which the last artifact has time for versions. */
const lastCreation = from + (until - from) * 0.9

export function seededArtifact(choice: SeedChoice, index: number): SeededArtifact {
  const identity = seededIdentity(choice, index)
  const chance = new Chance('content', choice.seed, index)
  const metadata = metadataOf(chance, identity)
  return {
    ...identity,
    visibility: visibilityOf(chance.share()),
    metadata,
    versions: versionsOf(choice, identity, { chance, about: String(metadata.description) }),
    statistics: statisticsOf(chance),
  }
}

function visibilityOf(share: number): Visibility {
  if (share < 0.9) return 'public'
  return share < 0.95 ? 'unlisted' : 'private'
}

function metadataOf(
  chance: Chance,
  { title, author, organization, kind, slug }: SeededIdentity,
): GivenMetadata {
  const [first = '', subject = '', noun = ''] = title.split(' ')
  const home = `https://${organization}.example.com`
  return {
    name: title,
    description: `${title} ${chance.pick(verbs)} ${subject.toLowerCase()} data ${chance.pick(qualities)}: a ${first.toLowerCase()} ${noun.toLowerCase()} for everyday work.`,
    author,
    authorEmail: `${author}@${organization}.example.com`,
    organization,
    license: chance.pick(licenses),
    ...(chance.isTrue(0.6) && { repository: `${home}/${slug}.git` }),
    ...(chance.isTrue(0.3) && { homepage: `${home}/${kind}/${slug}` }),
    language: chance.pick(languages),
    category: chance.pick(categories),
    ...(chance.isTrue(0.3) && { platformVersion: `>=${1 + chance.int(3)}.${chance.int(10)}.0` }),
    capabilities: chance.some(capabilities, chance.int(4)),
    topics: chance.some(topics, 1 + chance.int(4)),
    skills: skillsOf(chance, kind),
    keywords: [subject.toLowerCase(), ...chance.some(verbs, chance.int(3))],
    ...(chance.isTrue(0.2) && { custom: { maintained: chance.isTrue(0.8), tier: 1 + chance.int(3) } }),
  }
}

function skillsOf(chance: Chance, kind: string): readonly unknown[] {
  const count = kind === 'persona' || kind === 'skill' ? 1 + chance.int(3) : chance.int(2)
  return chance.some(skillNames, count).map((name) => ({
    name,
    ...(chance.isTrue(0.5) && { category: chance.pick(skillCategories) }),
    ...(chance.isTrue(0.5) && { proficiency: chance.pick(['beginner', 'intermediate', 'expert']) }),
  }))
}

interface Telling {
  readonly chance: Chance
  readonly about: string
}

function versionsOf(
  choice: SeedChoice,
  identity: SeededIdentity,
  { chance, about }: Telling,
): SeededArtifact['versions'] {
  const { index } = identity
  const createdAt = Math.floor(from + ((lastCreation - from) * (index + chance.share())) / choice.artifacts)
  const more = laterOnes(chance)
  const isDraft = chance.isTrue(0.1)
  const document = seededDocument(choice, identity, chance)
  const first: SeededVersion = {
    version: firstVersionOf(choice, index),
    source: seededSource(identity, about, 0),
    document,
    changelog: 'First version.',
    published: more > 0 || !isDraft,
    at: createdAt,
  }
  const versions: [SeededVersion, ...SeededVersion[]] = [first]
  let version = first.version
  for (let number = 1; number <= more; number++) {
    const step = chance.pick(['patch', 'patch', 'minor', 'minor', 'major'])
    version = raised(version, step)
    versions.push({
      version,
      source: seededSource(identity, about, number),
      document,
      changelog: `A ${step} change: ${chance.pick(verbs)} more ${chance.pick(qualities)}.`,
      published: number < more || !isDraft,
      at: Math.floor(createdAt + ((until - createdAt) * number) / (more + 1)),
    })
  }
  return versions
}

/** Most have one version, few have many. */
function laterOnes(chance: Chance): number {
  return chance.isTrue(0.82) ? 0 : 1 + chance.skewed(6)
}

function raised(version: string, step: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (step === 'patch') return `${major}.${minor}.${patch + 1}`
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major + 1}.0.0`
}

/** Half of them nobody has found yet. */
function statisticsOf(chance: Chance): SeededArtifact['statistics'] {
  if (chance.isTrue(0.5)) return { downloads: 0, views: 0, stars: 0 }
  const views = 1 + Math.floor(10 ** (5 * chance.share() ** 2))
  return {
    views,
    downloads: Math.floor(views * chance.share()),
    stars: Math.floor(Math.log10(views) * chance.share() * 3),
  }
}
