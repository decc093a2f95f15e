import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readerPath } from './kit/reader-shell.ts'
import { atAddress, type ShellBlock, scriptOf, shellBlocks } from './kit/shell-blocks.ts'
import { sharedStage } from './kit/stage.ts'
import { givenTool, installedTool, type Tool } from './kit/tool.ts'

// Every `sh` block of the documents is run as it stands, in order, one shell a document, beside a live server.
// `sh no-run=why` keeps a block out; `sh needs=oras` keeps it out where there is no such program.
const root = join(import.meta.dirname, '..')
const documents = ['README.md', ...globSync('docs/guide/*.md', { cwd: root }).sort()]
const always = ['crane', 'regctl', 'helm', 'skopeo', 'podman'].map((name) => installedTool(name))
const sometimes = ['oras', 'cosign', 'notation'].map((name) => givenTool(name))
const shell: Tool = installedTool('bash')
const open = sharedStage()

function blocksOf(document: string): ShellBlock[] {
  return shellBlocks(readFileSync(join(root, document), 'utf8'))
}

function missing({ needs }: ShellBlock): Tool | undefined {
  return [...always, ...sometimes].find(({ name, skip }) => needs.includes(name) && skip)
}

for (const document of documents) {
  test(`${document} does what it says`, {
    skip: always.find(({ skip }) => skip)?.skip ?? false,
  }, async (t) => {
    const blocks = blocksOf(document)
    const runnable = blocks.filter((block) => block.notRun === undefined && !missing(block))
    for (const { line, notRun } of blocks)
      if (notRun) t.diagnostic(`${document}:${line} is not run: ${notRun}`)
    if (document === 'README.md')
      assert.ok(runnable.length > 0, 'the README shows no command that can be run')
    const stage = await open()
    const [folder, programs] = [await stage.folder(), await stage.folder()]
    const path = await readerPath(programs, [...always, ...sometimes])
    // podman looks for its own helpers beside the machine's programs, which stay on the PATH behind these.
    const env = {
      PATH: path,
      HOME: folder,
      TMPDIR: programs,
      XDG_RUNTIME_DIR: programs,
      // As on a machine whose server is told by its environment where it keeps everything.
      LADING_DATA: stage.data,
    }
    const script = atAddress(scriptOf(document, runnable), stage.address)
    await stage.run(shell, ['-c', script], { cwd: folder, env, timeoutMs: 300_000 })
  })
}

for (const document of documents.filter((each) => existsSync(join(root, each)))) {
  for (const [index, block] of blocksOf(document)
    .filter(({ needs }) => needs.length > 0)
    .entries()) {
    const names = block.needs.join(' and ')
    test(`${document}: block ${index + 1} of those with needs, for ${names}`, {
      skip: missing(block)?.skip ?? false,
    }, () => {
      const known = [...always, ...sometimes].map(({ name }) => name)
      for (const name of block.needs) assert.ok(known.includes(name), `line ${block.line} needs ${name}`)
    })
  }
}
