import { statfs } from 'node:fs/promises'
import { type Check, ok, type Patient, warning } from './check.ts'

/** `f_type` as statfs(2) tells it on Linux. */
const doubtful: ReadonlyMap<number, readonly [name: string, why: string]> = new Map([
  [
    0x6969,
    [
      'NFS',
      'locks and flushes may not hold there, and two servers may both believe that the folder is theirs',
    ],
  ],
  [0x517b, ['SMB', 'locks and flushes may not hold there']],
  [0xff534d42, ['CIFS', 'locks and flushes may not hold there']],
  [0xfe534d42, ['SMB', 'locks and flushes may not hold there']],
  [0x00c36400, ['Ceph', 'the database has not been tried there']],
  [0x65735546, ['FUSE', 'whether flushes reach the disk is for its program to say']],
  [0x01021997, ['9p', 'locks and flushes may not hold there, as in a folder shared with a virtual machine']],
  [0x794c7630, ['an overlay', 'what is written goes with its container']],
  [0x01021994, ['tmpfs', 'all of it is gone when the machine stops']],
  [0x858458f6, ['ramfs', 'all of it is gone when the machine stops']],
  [0x4d44, ['FAT', 'it has no owners, no rights and no sockets']],
])

/** Durable is only what the file system keeps. `typeOf`: as statfs(2) says of the folder. */
export function fileSystemCheck(
  typeOf: (folder: string) => Promise<number> = async (folder) => (await statfs(folder)).type,
): Check {
  return {
    name: 'file system',
    async run({ config: { data }, hasRecords }: Patient) {
      if (!hasRecords || process.platform !== 'linux') return []
      const known = doubtful.get((await typeOf(data)) >>> 0)
      if (known === undefined) return [ok('it is none of those that lose what they were given')]
      const [name, why] = known
      return [
        warning(
          `${data} is on ${name}: ${why}`,
          'put the data folder on a disk of this machine, or on a volume: --data <folder>',
        ),
      ]
    },
  }
}
