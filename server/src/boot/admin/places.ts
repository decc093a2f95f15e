import type { Places } from '../compose/operator.ts'
import { openCopyTarget } from './copy-target.ts'
import { isArchive, requireFolder, requireLayoutPath, requireNewLayoutPath } from './layout-paths.ts'
import { requireOutside } from './outside.ts'

/** Folders and files of this machine's file system; those that are written to are outside the data folder. */
export async function openPlaces(data: string): Promise<Places> {
  const [{ openFolderDirectory }, { openNewFolder }, { openTarReader }, { openTarWriter }] =
    await Promise.all([
      import('../../adapters/directory/filesystem/open-folder-directory.ts'),
      import('../../adapters/directory/filesystem/open-new-folder.ts'),
      import('../../adapters/directory/tar/open-tar-reader.ts'),
      import('../../adapters/directory/tar/open-tar-writer.ts'),
    ])
  return {
    folderToWrite: async (path, parameter) => {
      await requireFolder(parameter, path)
      await requireOutside(data, parameter, path)
      return openFolderDirectory(path)
    },
    layoutToWrite: async (path, parameter) => {
      await requireNewLayoutPath(parameter, path)
      await requireOutside(data, parameter, path)
      return isArchive(path) ? openTarWriter(path) : openNewFolder(path)
    },
    copyTarget: (endpoint, parameter) => openCopyTarget(endpoint, { data, parameter }),
    layoutToRead: async (path, signal) => {
      await requireLayoutPath('path', path)
      return isArchive(path) ? await openTarReader(path, signal) : openFolderDirectory(path)
    },
  }
}
