import { writeFileSync } from 'node:fs'

interface Event {
  readonly type: string
  readonly data: {
    readonly name?: string
    readonly file?: string
    readonly summary?: { readonly files: readonly unknown[] }
    readonly details?: { readonly type?: string }
  }
}

/** Tells of tests that fail, and leaves what was covered in the file that LADING_COVERAGE names. */
export default async function* (source: AsyncIterable<Event>): AsyncGenerator<string> {
  const { LADING_COVERAGE: path } = process.env
  for await (const { type, data } of source) {
    if (type === 'test:fail' && data.details?.type !== 'suite')
      yield `✖ ${data.file ?? ''} > ${data.name ?? ''}\n`
    if (type === 'test:coverage' && path !== undefined)
      writeFileSync(path, JSON.stringify(data.summary?.files ?? []))
  }
}
