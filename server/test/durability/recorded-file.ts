/** A change of a file that was over at line `ended` of the trace. */
export type Change = { readonly ended: number } & (
  | { readonly do: 'write'; readonly at: number; readonly bytes: Buffer }
  | { readonly do: 'truncate'; readonly size: number }
  | { readonly do: 'mode'; readonly mode: number }
)

/** Which part of a change that no flush has kept survives a power cut. `left`: how many changes come after it. */
export interface FileFate {
  /** Of a write, by sectors of the file. */
  keepsSector(path: string, sector: number, left: number): boolean
  /** Of a change of length or mode. */
  keepsTrait(path: string, left: number): boolean
}

export interface FileRemains {
  readonly bytes: Buffer
  readonly mode: number
}

export const sectorBytes = 512

export class RecordedFile {
  readonly path: string
  #kept: FileRemains
  #changes: Change[] = []
  /** As processes see it. */
  #size: number

  constructor(path: string, kept: FileRemains = { bytes: Buffer.alloc(0), mode: 0o600 }) {
    this.path = path
    // Written to from here on.
    this.#kept = { ...kept, bytes: Buffer.from(kept.bytes) }
    this.#size = kept.bytes.length
  }

  change(change: Change): void {
    if (change.do === 'write') this.#size = Math.max(this.#size, change.at + change.bytes.length)
    if (change.do === 'truncate') this.#size = change.size
    this.#changes.push(change)
  }

  append(bytes: Buffer, ended: number): void {
    this.change({ do: 'write', at: this.#size, bytes, ended })
  }

  /** A flush that began at this line has kept what was over by then. */
  keep(begun: number): void {
    for (const change of this.#changes) {
      if (change.ended < begun) this.#kept = changed(this.#kept, change)
    }
    this.#changes = this.#changes.filter(({ ended }) => ended >= begun)
  }

  /** What a power cut leaves. */
  remains(fate: FileFate): FileRemains {
    let remains: FileRemains = { ...this.#kept, bytes: Buffer.from(this.#kept.bytes) }
    this.#changes.forEach((change, index) => {
      const left = this.#changes.length - 1 - index
      if (change.do !== 'write') {
        if (fate.keepsTrait(this.path, left)) remains = changed(remains, change)
        return
      }
      for (const part of sectors(change)) {
        if (fate.keepsSector(this.path, Math.floor(part.at / sectorBytes), left))
          remains = changed(remains, part)
      }
    })
    return remains
  }
}

function changed({ bytes, mode }: FileRemains, change: Change): FileRemains {
  switch (change.do) {
    case 'mode':
      return { bytes, mode: change.mode }
    case 'truncate':
      return { bytes: withSize(bytes, change.size), mode }
    case 'write': {
      const long = withSize(bytes, Math.max(bytes.length, change.at + change.bytes.length))
      change.bytes.copy(long, change.at)
      return { bytes: long, mode }
    }
  }
}

/** What is beyond the end reads as zeros. */
function withSize(bytes: Buffer, size: number): Buffer {
  if (size <= bytes.length) return bytes.subarray(0, size)
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length)])
}

type Write = Extract<Change, { do: 'write' }>

function sectors({ at, bytes, ended }: Write): Write[] {
  const parts: Write[] = []
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, (Math.floor((at + from) / sectorBytes) + 1) * sectorBytes - at)
    parts.push({ do: 'write', at: at + from, bytes: bytes.subarray(from, to), ended })
    from = to
  }
  return parts
}
