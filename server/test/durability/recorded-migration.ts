import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  config,
  first,
  index,
  large,
  other,
  referrer,
  repository,
  second,
  small,
  tags,
  wide,
} from '../fixtures/content.ts'
import type { Asked } from './promises.ts'
import type { Remains } from './recorded-disk.ts'
import type { Recording } from './recording.ts'
import { traceServer } from './traced-server.ts'

const firstRelease = join(import.meta.dirname, '../fixtures/data-0.1.0.tar.gz')
const before = 'before-the-recording'

/** What a server does to the data folder of the first release when it starts on it. */
export async function recordMigration(root: string): Promise<Recording> {
  const disk = join(root, 'disk')
  mkdirSync(disk)
  execFileSync('tar', ['-C', disk, '-xzf', firstRelease])
  const initial = standing(disk)
  const events = await traceServer({ root }, async () => undefined)
  return { disk, initial, events, asked: [held()], answered: [before] }
}

function standing(disk: string): Remains {
  const entries = readdirSync(disk, { recursive: true, withFileTypes: true })
  const pathOf = ({ parentPath, name }: (typeof entries)[number]): string =>
    relative(disk, join(parentPath, name))
  const files = entries.filter((entry) => entry.isFile()).map(pathOf)
  return {
    folders: entries
      .filter((entry) => entry.isDirectory())
      .map(pathOf)
      .sort(),
    files: new Map(
      files.map((path) => {
        const bytes = readFileSync(join(disk, path))
        return [path, { bytes, mode: statSync(join(disk, path)).mode & 0o777 }]
      }),
    ),
  }
}

function held(): Asked {
  const blobs = [config, small, large, other].map(
    ({ digest }) => [`blob ${repository} ${digest}`, 'held'] as const,
  )
  const manifests = [first, second, wide, referrer, index].map(
    ({ digest }) => [`manifest ${repository} ${digest}`, 'there'] as const,
  )
  const tagged = Object.entries(tags).map(
    ([tag, { digest }]) => [`tag ${repository} ${tag}`, digest] as const,
  )
  const sets = new Map([...blobs, ...manifests, ...tagged, [`tag ${repository} gone`, '']])
  return { id: before, client: 0, sets }
}
