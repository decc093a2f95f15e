import { hash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file that was found when the folder was opened. */
export interface FoundFile {
  readonly name: string
  readonly bytes: number
  readonly writtenAt: number
  readonly usedAt: number
}

const onlyOwner = { file: 0o600, folder: 0o700 }
const fileName = /^[0-9a-f]{64}$/
const partName = /^[0-9a-f]{64}\.[\w-]+\.part$/
const shardName = /^[0-9a-f]{2}$/
/** A part that is older has no writer any more. */
const stalePartMs = 60_000

/** The files of a cache: `ab/abcd…`, each written under another name and then renamed, so that a name has a whole file or none. */
export class DiskFiles {
  readonly #folder: string
  readonly #shards = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  nameOf(key: string): string {
    return hash('sha256', Buffer.from(key, 'utf16le'), 'hex')
  }

  /** undefined: there is none. Of a file that is larger than `most`, nothing is read. */
  async read(name: string, most: number, signal: AbortSignal): Promise<Buffer | 'larger' | undefined> {
    const file = await open(this.#path(name)).catch(unlessMissing)
    if (file === undefined) return undefined
    try {
      if ((await file.stat()).size > most) return 'larger'
      return await file.readFile({ signal })
    } finally {
      await file.close()
    }
  }

  /** @param part no other writer's */
  async write(name: string, bytes: Uint8Array, part: string): Promise<void> {
    const path = this.#path(name)
    const shard = dirname(path)
    if (!this.#shards.has(shard)) await mkdir(shard, { recursive: true, mode: onlyOwner.folder })
    this.#shards.add(shard)
    const temporary = `${path}.${part}.part`
    try {
      await writeFile(temporary, bytes, { mode: onlyOwner.file, flag: 'wx' })
      await rename(temporary, path)
    } catch (error) {
      // Somebody may have taken the folder away.
      this.#shards.delete(shard)
      await rm(temporary, { force: true })
      throw error
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true })
  }

  /** Remembers for the next start that it was used. When it was written stays. */
  async touch(name: string, usedAt: number): Promise<void> {
    const { mtimeMs } = await stat(this.#path(name))
    await utimes(this.#path(name), usedAt / 1000, mtimeMs / 1000)
  }

  /** Makes the folder, and removes what writers have left. What is not of a cache stays. */
  async open(now: number): Promise<FoundFile[]> {
    await mkdir(this.#folder, { recursive: true, mode: onlyOwner.folder })
    const found: FoundFile[] = []
    for (const shard of await this.#existing()) found.push(...(await this.#look(shard, now)))
    return found
  }

  /** Also of what nobody knew. */
  async names(): Promise<string[]> {
    const shards = await this.#existing()
    const names = await Promise.all(shards.map((shard) => readdir(join(this.#folder, shard))))
    return names.flat().filter((name) => fileName.test(name))
  }

  async #existing(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => shardName.test(name))
  }

  async #look(shard: string, now: number): Promise<FoundFile[]> {
    const folder = join(this.#folder, shard)
    const looked = (await readdir(folder)).map(async (name) => {
      const path = join(folder, name)
      const is = await stat(path).catch(unlessMissing)
      if (is === undefined || !is.isFile()) return []
      if (partName.test(name) && now - is.mtimeMs > stalePartMs) await rm(path, { force: true })
      if (!fileName.test(name)) return []
      return [{ name, bytes: is.size, writtenAt: is.mtimeMs, usedAt: Math.max(is.atimeMs, is.mtimeMs) }]
    })
    return (await Promise.all(looked)).flat()
  }

  #path(name: string): string {
    return join(this.#folder, name.slice(0, 2), name)
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
