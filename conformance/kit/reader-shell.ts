import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { makeImage, writeLayout } from './image.ts'
import type { Tool } from './tool.ts'

/**
 * The programs of a reader who follows the documents on this machine, as a PATH: the clients, `lading` and `npx
 * lading` from this checkout, and `docker`, whose part podman plays. Images that docker would fetch from the net are
 * made on the spot. Writes into the folder, which must be empty.
 */
export async function readerPath(folder: string, tools: readonly Tool[]): Promise<string> {
  const [programs, layout] = [join(folder, 'bin'), join(folder, 'layout')]
  await mkdir(programs)
  await writeLayout(layout, makeImage(), 'v1')
  const launcher = join(import.meta.dirname, '../../server/bin/lading.js')
  const lading = `exec '${process.execPath}' '${launcher}'`
  const programTexts = {
    lading: `${lading} "$@"`,
    npx: `[[ $1 == lading ]] || { echo "npx $1 is not for this test" >&2; exit 1; }\n${lading} "\${@:2}"`,
    docker: dockerByPodman(folder),
  }
  for (const [name, text] of Object.entries(programTexts)) {
    await writeFile(join(programs, name), `#!/usr/bin/env bash\nset -euo pipefail\n${text}\n`, {
      mode: 0o755,
    })
  }
  const { PATH = '' } = process.env
  const folders = tools.filter(({ skip }) => !skip).map(({ path }) => dirname(path))
  return [...new Set([programs, ...folders, ...PATH.split(delimiter)])].join(delimiter)
}

/** docker takes plain HTTP from its own machine; podman has to be told. A name without a host means Docker Hub. */
function dockerByPodman(folder: string): string {
  return `
folder='${folder}'
podman=(podman --root "$folder/root" --runroot "$folder/run" --storage-driver vfs)
case $1 in
  pull)
    if [[ \${2%%/*} != *[.:]* || $2 != */* ]]; then
      # The layout by a relative path: podman makes a name of the path.
      image=$(cd "$folder" && "\${podman[@]}" pull --quiet oci:layout:v1)
      "\${podman[@]}" tag "$image" "docker.io/library/$2"
      exec "\${podman[@]}" untag "$image" localhost/layout
    fi
    exec "\${podman[@]}" pull --tls-verify=false "\${@:2}" ;;
  push | login) exec "\${podman[@]}" "$1" --tls-verify=false "\${@:2}" ;;
  *) exec "\${podman[@]}" "$@" ;;
esac`.trim()
}
