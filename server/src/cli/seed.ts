import type { Progress } from '../core/ledger/progress.ts'
import type { SeedOptions, SeedReport } from '../core/seed/seed.ts'
import { mostArtifacts, seedableKinds } from '../core/seed/seeded-identity.ts'
import { isRegistryError } from '../domain/error.ts'
import { connectAdmin } from './admin-client.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { usageFailure } from './failure.ts'
import { interruptibly, operate } from './operate.ts'
import { counted } from './shown-size.ts'
import { startFailure } from './start-failure.ts'

const defaultArtifacts = 100
const defaultSeed = 1

export const seed: Command = {
  name: 'seed',
  summary: 'Fills a registry with content to try things out on',
  takes: [],
  about: [
    'Personas, skills, workflows, images and more, with versions, topics, dependencies and numbers of downloads that look like those of a registry in use: few authors have made much, few artifacts are known to many. The same options make the same content, byte for byte; what has a name that is taken already is passed over. It is made as people make theirs, and is removed as theirs is.',
    `Where a server runs, it does the work. A data folder that is new is filled much faster, at once and as a whole: a million artifacts take some minutes and some 15 GB. Kinds: ${seedableKinds.join(', ')}.`,
  ],
  flags: {
    ...dataFlags,
    artifacts: { takes: '<number>', about: `How many artifacts. Default: ${defaultArtifacts}.` },
    seed: { takes: '<number>', about: `Another number makes other content. Default: ${defaultSeed}.` },
    kinds: { takes: '<kind,…>', about: 'What is made, with commas in between. Default: all of them.' },
    ...jsonFlag,
  },
  examples: [
    'lading seed',
    'lading seed --artifacts 1000000 --data ./large',
    'lading seed --kinds image,chart',
  ],
  async run(invocation) {
    const { world, switches } = invocation
    const options = optionsOf(invocation)
    const report = await made(withoutKinds(invocation), options)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report)) world.out(line)
    return exitCodes.done
  },
}

/** The kinds that are made are not those that the configuration adds, whose setting has the same name. */
function withoutKinds(invocation: Invocation): Invocation {
  const { kinds: _, ...values } = invocation.values
  return { ...invocation, values }
}

async function made(invocation: Invocation, options: SeedOptions): Promise<SeedReport> {
  const { config } = checkedConfig(invocation)
  const { isNewData, seedData } = await import('../boot/admin/seed-data.ts')
  if (!isNewData(config) || (await connectAdmin(config.data)) !== undefined)
    return await operate(invocation, (operator) => operator.seed, options)
  const work = async (progress: Progress, signal: AbortSignal): Promise<SeedReport> => {
    try {
      return await seedData(config, options, progress, signal)
    } catch (error) {
      throw signal.aborted || isRegistryError(error) ? error : startFailure(error, config)
    }
  }
  return await interruptibly(invocation.world, work, 'nothing was made')
}

/** @throws Failure of usage */
function optionsOf(invocation: Invocation): SeedOptions {
  const kinds = (invocation.values['kinds'] ?? '').split(',').map((kind) => kind.trim())
  const wanted = kinds.filter((kind) => kind !== '')
  const unknown = wanted.find((kind) => !seedableKinds.includes(kind))
  if (unknown !== undefined) {
    throw usageFailure(`--kinds: ${JSON.stringify(unknown)} is none of ${seedableKinds.join(', ')}`)
  }
  return {
    artifacts: numberIn(invocation, 'artifacts', { otherwise: defaultArtifacts, most: mostArtifacts }),
    seed: numberIn(invocation, 'seed', { otherwise: defaultSeed, most: 2 ** 32 - 1 }),
    kinds: wanted,
  }
}

function numberIn(
  { values }: Pick<Invocation, 'values'>,
  flag: string,
  { otherwise, most }: { readonly otherwise: number; readonly most: number },
): number {
  const text = values[flag]
  if (text === undefined) return otherwise
  if (/^\d{1,10}$/.test(text) && Number(text) <= most) return Number(text)
  throw usageFailure(`--${flag} wants a whole number from 0 to ${most}; ${JSON.stringify(text)} is none`)
}

function lines({ artifacts, versions, present, kinds }: SeedReport): string[] {
  const each = Object.entries(kinds).sort(([, one], [, other]) => other - one)
  return [
    ...(artifacts === 0 ? [] : [each.map(([kind, count]) => `${count} ${kind}`).join(', ')]),
    `Made ${counted(artifacts, 'artifact')} with ${counted(versions, 'version')}${present === 0 ? '' : `; ${present} were there already`}`,
  ]
}
